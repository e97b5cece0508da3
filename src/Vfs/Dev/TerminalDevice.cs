using System.Buffers.Binary;

namespace KernelSockets.Vfs.Dev;

/// <summary>A terminal as a character device: what /dev/tty and /dev/console open (termios(3), ioctl_tty(2)).</summary>
public sealed class TerminalDevice : CharacterDevice
{
    private const int ForegroundGroup = 1;
    private readonly Func<Terminal> _find;
    private readonly TerminalWriter? _writer;

    /// <summary>Wraps a terminal.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="name">Its name in /dev.</param>
    /// <param name="output">Where output goes, when the device is one of several that share the terminal's input and settings; null for all of them.</param>
    public TerminalDevice(Terminal terminal, string name, TerminalOutput? output = null)
        : this(() => terminal, name, output)
    {
    }

    /// <summary>Stands for one terminal or another, as /dev/tty does for that of the calling job.</summary>
    /// <param name="find">Tells which; asked in each call.</param>
    /// <param name="name">Its name in /dev.</param>
    public TerminalDevice(Func<Terminal> find, string name)
        : this(find, name, output: null)
    {
    }

    private TerminalDevice(Func<Terminal> find, string name, TerminalOutput? output)
    {
        _find = find;
        _writer = output is null ? null : new TerminalWriter(output);
        Name = name;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data)
    {
        ArgumentNullException.ThrowIfNull(file);
        IoResult result = _find().Read(data, file.IsNonBlocking ? Instant.Zero : Instant.Never);
        return result.Error == Errno.ETIME ? Errno.EAGAIN : result;
    }

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data)
    {
        Terminal terminal = _find();
        if (_writer is null)
        {
            return terminal.Write(data);
        }

        _writer.Write(data, terminal.Termios.Output, terminal.Columns);
        return IoResult.Ok(data.Length);
    }

    /// <inheritdoc/>
    public override IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data)
    {
        Terminal terminal = _find();
        switch (request)
        {
            case IoctlRequest.TerminalGetSettings:
                terminal.Termios.Write(data);
                return IoResult.Ok(0);
            case IoctlRequest.TerminalSetSettings or IoctlRequest.TerminalSetSettingsDrain or IoctlRequest.TerminalSetSettingsFlush:
                return SetSettings(terminal, data, request == IoctlRequest.TerminalSetSettingsFlush);
            case IoctlRequest.TerminalGetSize:
                BinaryPrimitives.WriteUInt16LittleEndian(data, (ushort)terminal.Rows);
                BinaryPrimitives.WriteUInt16LittleEndian(data[2..], (ushort)terminal.Columns);
                data[4..8].Clear();
                return IoResult.Ok(0);
            case IoctlRequest.TerminalGetForeground:
                BinaryPrimitives.WriteInt32LittleEndian(data, ForegroundGroup);
                return IoResult.Ok(0);
            case IoctlRequest.BytesAvailable:
                BinaryPrimitives.WriteInt32LittleEndian(data, terminal.Available);
                return IoResult.Ok(0);
            default:
                return Errno.ENOTTY;
        }
    }

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, PollListener? listener)
    {
        Terminal terminal = _find();
        terminal.Readable.Attach(listener);
        PollEvents hangUp = terminal.IsHungUp ? PollEvents.HangUp | PollEvents.Readable : PollEvents.None;
        return PollEvents.Writable | hangUp | (terminal.Available > 0 ? PollEvents.Readable : PollEvents.None);
    }

    private static IoResult SetSettings(Terminal terminal, ReadOnlySpan<byte> data, bool isFlushed)
    {
        if (!Termios.TryRead(data, out Termios settings))
        {
            return Errno.EINVAL;
        }

        if (isFlushed)
        {
            terminal.Flush();
        }

        terminal.Termios = settings;
        return IoResult.Ok(0);
    }
}
