using System.Text;
using KernelSockets.Simulation;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Vfs.Tests.Dev;

/// <summary>A terminal in simulated time, with a keyboard that types strings.</summary>
internal sealed class TerminalRig
{
    public TerminalRig()
    {
        Queues = new SimulatedWaitQueueFactory(Time);
        Terminal = new Terminal(Output, Queues, Time.Clock);
    }

    public SimulatedTime Time { get; } = new();

    public SimulatedWaitQueueFactory Queues { get; }

    public RecordingOutput Output { get; } = new();

    public Terminal Terminal { get; }

    public void Type(string keys) => Terminal.Input(Encoding.UTF8.GetBytes(keys));

    public void TypeAfter(int milliseconds, string keys) => Time.After(TimeSpan.FromMilliseconds(milliseconds), () => Type(keys));

    public void Change(Func<Termios, Termios> change) => Terminal.Termios = change(Terminal.Termios);

    public void Set(LocalModes modes) => Change(termios =>
    {
        termios.Local |= modes;
        return termios;
    });

    public void Clear(LocalModes modes) => Change(termios =>
    {
        termios.Local &= ~modes;
        return termios;
    });

    /// <summary>Goes raw, with VMIN and VTIME.</summary>
    public void Raw(byte least, byte tenths) => Change(termios =>
    {
        termios.Local &= ~(LocalModes.ICANON | LocalModes.ECHO | LocalModes.ISIG);
        termios[ControlCharacter.VMIN] = least;
        termios[ControlCharacter.VTIME] = tenths;
        return termios;
    });

    public IoResult Read(out string text, int size = 4096, Instant? deadline = null)
    {
        byte[] buffer = new byte[size];
        IoResult result = Terminal.Read(buffer, deadline ?? Instant.Never);
        text = Encoding.UTF8.GetString(buffer, 0, result.Count);
        return result;
    }

    /// <summary>What is there now, without waiting; null for nothing.</summary>
    public string? ReadNow(int size = 4096)
    {
        IoResult result = Read(out string text, size, Instant.Zero);
        return result.Error == Errno.ETIME ? null : text;
    }
}
