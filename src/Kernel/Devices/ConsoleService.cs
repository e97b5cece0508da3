using KernelSockets.Drivers.Console;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Kernel.Devices;

/// <summary>The console: serial line, and screen with keyboard, behind one terminal: a task for each source of keys, and one that feeds them to the terminal.</summary>
internal sealed class ConsoleService
{
    private readonly ConsoleInput _input = new();
    private readonly SerialLine? _serial;
    private readonly VgaScreen? _screen;
    private readonly KeyboardController? _keyboard;

    public ConsoleService(KernelOptions options)
    {
        _serial = options.UsesSerial ? SerialLine.TryOpen() : null;
        VgaText.IsEnabled = false;
        VgaTextScreen? frameBuffer = options.UsesScreen ? VgaTextScreen.TryOpen() : null;
        Terminal = new Terminal(new Output(Write), new KernelWaitQueueFactory(), KernelClock.Instance);
        SerialOutput = _serial is null ? null : new Output(_serial.Write);
        if (frameBuffer is not null)
        {
            // What a program asks the terminal for, the cursor's position say, comes back as keys: from the one at the serial line, where there is one.
            _screen = new VgaScreen(frameBuffer) { Reply = _serial is null ? bytes => _input.Add(bytes) : null };
            _keyboard = KeyboardController.TryOpen();
        }
    }

    /// <summary>The terminal that the shell and all jobs share.</summary>
    public Terminal Terminal { get; }

    /// <summary>The serial line alone; null when the console does not use it.</summary>
    public TerminalOutput? SerialOutput { get; }

    /// <summary>Starts to take keys.</summary>
    public void Start()
    {
        ServiceThread.Start("console", Scheduler.DriverPriority, Feed);
        if (_serial is not null)
        {
            ServiceThread.Start("serial", Scheduler.DriverPriority, () => _serial.Receive(_input));
        }

        if (_keyboard is not null)
        {
            ServiceThread.Start("keyboard", Scheduler.DriverPriority, () => _keyboard.Receive(_input));
        }
    }

    private void Feed()
    {
        byte[] bytes = new byte[256];
        while (true)
        {
            int count = _input.Take(bytes);
            Terminal.Input(bytes.AsSpan(0, count));
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _serial?.Write(bytes);
        _screen?.Write(bytes);
    }

    private sealed class Output(Output.Sink sink) : TerminalOutput
    {
        public delegate void Sink(ReadOnlySpan<byte> bytes);

        public override void Write(ReadOnlySpan<byte> bytes) => sink(bytes);
    }
}
