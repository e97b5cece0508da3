using System.Buffers.Binary;

namespace KernelSockets.Vfs.Dev;

/// <summary>A terminal as a character device: what /dev/tty and /dev/console open (termios(3), ioctl_tty(2)).</summary>
public sealed class TerminalDevice : CharacterDevice
{
    private const int ForegroundGroup = 1;
    private readonly Terminal _terminal;

    /// <summary>Wraps a terminal.</summary>
    /// <param name="terminal">The terminal.</param>
    /// <param name="name">Its name in /dev.</param>
    public TerminalDevice(Terminal terminal, string name)
    {
        _terminal = terminal;
        Name = name;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data)
    {
        ArgumentNullException.ThrowIfNull(file);
        IoResult result = _terminal.Read(data, file.IsNonBlocking ? Instant.Zero : Instant.Never);
        return result.Error == Errno.ETIME ? Errno.EAGAIN : result;
    }

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data) => _terminal.Write(data);

    /// <inheritdoc/>
    public override IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data)
    {
        switch (request)
        {
            case IoctlRequest.TerminalGetSettings:
                _terminal.Termios.Write(data);
                return IoResult.Ok(0);
            case IoctlRequest.TerminalSetSettings or IoctlRequest.TerminalSetSettingsDrain or IoctlRequest.TerminalSetSettingsFlush:
                return SetSettings(data, request == IoctlRequest.TerminalSetSettingsFlush);
            case IoctlRequest.TerminalGetSize:
                BinaryPrimitives.WriteUInt16LittleEndian(data, (ushort)_terminal.Rows);
                BinaryPrimitives.WriteUInt16LittleEndian(data[2..], (ushort)_terminal.Columns);
                data[4..8].Clear();
                return IoResult.Ok(0);
            case IoctlRequest.TerminalGetForeground:
                BinaryPrimitives.WriteInt32LittleEndian(data, ForegroundGroup);
                return IoResult.Ok(0);
            case IoctlRequest.BytesAvailable:
                BinaryPrimitives.WriteInt32LittleEndian(data, _terminal.Available);
                return IoResult.Ok(0);
            default:
                return Errno.ENOTTY;
        }
    }

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, PollListener? listener)
    {
        _terminal.Readable.Attach(listener);
        return PollEvents.Writable | (_terminal.Available > 0 ? PollEvents.Readable : PollEvents.None);
    }

    private IoResult SetSettings(ReadOnlySpan<byte> data, bool isFlushed)
    {
        if (!Termios.TryRead(data, out Termios settings))
        {
            return Errno.EINVAL;
        }

        if (isFlushed)
        {
            _terminal.Flush();
        }

        _terminal.Termios = settings;
        return IoResult.Ok(0);
    }
}
