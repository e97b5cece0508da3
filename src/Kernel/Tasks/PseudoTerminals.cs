using System.Globalization;
using System.Text;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Kernel.Tasks;

/// <summary>The pseudo-terminals of the machine: <c>/dev/pts/0</c> and so on.</summary>
/// <param name="jobs">Where their jobs are.</param>
/// <param name="vfs">Where their nodes are.</param>
internal sealed class PseudoTerminals(JobTable jobs, VirtualFileSystem vfs)
{
    private const int Most = 32;
    private const uint Major = 136; // UNIX98_PTY_SLAVE_MAJOR
    private const string Folder = "/dev/pts";

    private readonly Lock _gate = new();
    private readonly HashSet<uint> _numbers = [];

    /// <summary>Makes one.</summary>
    /// <returns><see cref="Errno.ENOSPC"/> when there are too many, as in Linux, or what making its node says.</returns>
    public Errno TryOpen(out IPseudoTerminal? terminal)
    {
        terminal = null;
        Errno error = TryTakeNumber(out uint number);
        if (error != Errno.Success)
        {
            return error;
        }

        PseudoTerminal pair = new(new KernelWaitQueueFactory(), KernelClock.Instance);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Folder}/{number}");
        error = vfs.MakeDirectory(vfs.Root, Encoding.ASCII.GetBytes(Folder), InodeMode.DefaultDirectory);
        error = error is Errno.Success or Errno.EEXIST ? vfs.AddDevice(new DeviceNumber(Major, number), new TerminalDevice(pair.Terminal, name["/dev/".Length..])) : error;
        OpenFile? file = null;
        error = error == Errno.Success ? vfs.TryOpen(vfs.Root, Encoding.ASCII.GetBytes(name), OpenFlags.ReadWrite, default, out file) : error;
        if (error != Errno.Success)
        {
            Remove(name, number);
            return error;
        }

        terminal = new Opened(this, pair, name, number, file!);
        return Errno.Success;
    }

    private Errno TryTakeNumber(out uint number)
    {
        lock (_gate)
        {
            number = 0;
            while (_numbers.Contains(number))
            {
                number++;
            }

            return number < Most && _numbers.Add(number) ? Errno.Success : Errno.ENOSPC;
        }
    }

    private void Remove(string name, uint number)
    {
        _ = vfs.Unlink(vfs.Root, Encoding.ASCII.GetBytes(name)); // somebody may have been faster
        vfs.Devices.Remove(new DeviceNumber(Major, number));
        lock (_gate)
        {
            _numbers.Remove(number);
        }
    }

    private sealed class Opened : IPseudoTerminal
    {
        private readonly PseudoTerminals _owner;
        private readonly PseudoTerminal _pair;
        private readonly TerminalSession _session;
        private readonly OpenFile _file;
        private readonly uint _number;
        private int _isDisposed;

        public Opened(PseudoTerminals owner, PseudoTerminal pair, string name, uint number, OpenFile file)
        {
            _owner = owner;
            _pair = pair;
            _file = file;
            _number = number;
            Name = name;
            _session = new TerminalSession(pair.Terminal, new JobGroup());
            owner.Jobs.Serve(_session);
        }

        public string Name { get; }

        public void Input(ReadOnlySpan<byte> keys) => _pair.Terminal.Input(keys);

        public IoResult ReadOutput(Span<byte> destination) => _pair.ReadOutput(destination, Instant.Never);

        public void SetSize(int rows, int columns) => _pair.Terminal.Size = new TerminalSize((ushort)rows, (ushort)columns);

        public Errno TryStart(JobStart start, out IJob? job) => _owner.Jobs.TryStart(
            new JobStart
            {
                Name = start.Name,
                Main = start.Main,
                Arguments = start.Arguments,
                Environment = start.Environment,
                Files = new JobFiles(_file, _file, _file),
                IsForeground = true,
            },
            _session,
            out job);

        public void HangUp()
        {
            _pair.HangUp();
            _owner.Jobs.HangUp(_session);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                HangUp();
                _file.Release();
                _owner.Remove(Name, _number);
            }
        }
    }

    private JobTable Jobs => jobs;
}
