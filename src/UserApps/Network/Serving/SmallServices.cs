using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network.Serving;

/// <summary>A connection to discard: takes everything (RFC 863).</summary>
internal sealed class DiscardSession(EventLoop loop, int fd) : IEventHandler
{
    /// <inheritdoc/>
    public void OnReady(PollEvents events)
    {
        nint count = Libc.Receive(fd, Libc.AddressOf(loop.Buffer), (nuint)loop.Buffer.Length, Libc.DoNotWait);
        if (count == 0 || (count < 0 && Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN))
        {
            loop.Close(fd);
        }
    }
}

/// <summary>A connection to chargen: sends until the peer has had enough (RFC 864).</summary>
internal sealed class ChargenSession : IEventHandler
{
    private const int LineLength = 72;
    private const int FirstCharacter = ' ';
    private const int Characters = '~' - ' ' + 1;
    private const int LinesInBlock = Characters * 8;

    private readonly EventLoop _loop;
    private readonly byte[] _block;
    private readonly int _fd;
    private int _sent;

    /// <inheritdoc/>
    public long WaitingSince { get; private set; }

    /// <param name="loop">The loop.</param>
    /// <param name="fd">The connection.</param>
    /// <param name="block">What is sent over and over: <see cref="MakeBlock"/>.</param>
    public ChargenSession(EventLoop loop, int fd, byte[] block)
    {
        _loop = loop;
        _fd = fd;
        _block = block;
        WaitingSince = loop.Now;
    }

    /// <summary>The pattern that RFC 864 shows: lines of 72 characters, each starting one character later.</summary>
    public static byte[] MakeBlock()
    {
        byte[] block = GC.AllocateArray<byte>(LinesInBlock * (LineLength + 2), pinned: true);
        for (int line = 0; line < LinesInBlock; line++)
        {
            Span<byte> text = block.AsSpan(line * (LineLength + 2), LineLength + 2);
            for (int i = 0; i < LineLength; i++)
            {
                text[i] = (byte)(FirstCharacter + ((line + i) % Characters));
            }

            text[LineLength] = (byte)'\r';
            text[LineLength + 1] = (byte)'\n';
        }

        return block;
    }

    /// <inheritdoc/>
    public void OnReady(PollEvents events)
    {
        nint count = Libc.Send(_fd, Libc.AddressOf(_block, _sent), (nuint)(_block.Length - _sent), Libc.DoNotWait | Libc.NoSignal);
        if (count > 0)
        {
            _sent = (_sent + (int)count) % _block.Length;
            WaitingSince = _loop.Now;
        }
        else if (Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
        {
            _loop.Close(_fd);
        }
    }
}

/// <summary>A connection to echo: sends everything back (RFC 862). While the peer does not read, nothing more is taken from it.</summary>
internal sealed class EchoSession(EventLoop loop, int fd) : IEventHandler
{
    private byte[]? _held; // what could not be sent back yet
    private int _start;

    /// <inheritdoc/>
    public long WaitingSince { get; private set; } = long.MaxValue;

    /// <inheritdoc/>
    public void OnReady(PollEvents events)
    {
        if (_held is not null)
        {
            SendHeld();
            return;
        }

        nint count = Libc.Receive(fd, Libc.AddressOf(loop.Buffer), (nuint)loop.Buffer.Length, Libc.DoNotWait);
        if (count <= 0)
        {
            if (count == 0 || Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
            {
                loop.Close(fd);
            }

            return;
        }

        nint sent = Libc.Send(fd, Libc.AddressOf(loop.Buffer), (nuint)count, Libc.DoNotWait | Libc.NoSignal);
        if (sent < 0 && Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
        {
            loop.Close(fd);
        }
        else if (sent < count)
        {
            int done = (int)Math.Max(0, sent);
            _held = GC.AllocateUninitializedArray<byte>((int)count - done, pinned: true);
            loop.Buffer.AsSpan(done, _held.Length).CopyTo(_held);
            _start = 0;
            WaitingSince = loop.Now;
            loop.Change(fd, PollEvents.Out);
        }
    }

    private void SendHeld()
    {
        nint sent = Libc.Send(fd, Libc.AddressOf(_held!, _start), (nuint)(_held!.Length - _start), Libc.DoNotWait | Libc.NoSignal);
        if (sent < 0)
        {
            if (Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
            {
                loop.Close(fd);
            }

            return;
        }

        _start += (int)sent;
        WaitingSince = loop.Now;
        if (_start == _held.Length)
        {
            _held = null;
            WaitingSince = long.MaxValue;
            loop.Change(fd, PollEvents.In);
        }
    }
}
