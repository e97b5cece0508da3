using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using KernelSockets.UserApps.Network.Serving;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>A connection to the HTTP server: one request after the other, each answered as fast as the peer takes it.</summary>
internal sealed class HttpSession : IEventHandler
{
    /// <summary>The largest head of a request.</summary>
    internal const int MostHead = 16 * 1024;

    private const int FirstBuffer = 2048;
    private const long MostBody = 1 << 20;
    private const int MostInARow = 16; // answers before other connections get their turn

    private readonly HttpServer _server;
    private readonly EventLoop _loop;
    private readonly int _fd;
    private byte[]? _input; // what has arrived and is not used; null when there is nothing
    private int _inputLength;
    private long _bodyLeft; // of a request's body, to be skipped
    private HttpFile? _file; // what is being sent
    private long _offset;
    private long _left;
    private byte[]? _held; // what could not be sent yet, in front of the file's rest
    private int _heldStart;
    private bool _isKept = true;
    private bool _isWriting;

    public HttpSession(HttpServer server, EventLoop loop, int fd)
    {
        _server = server;
        _loop = loop;
        _fd = fd;
        WaitingSince = _loop.Now;
    }

    /// <inheritdoc/>
    /// <remarks>A whole request counts, and an answer's part; single bytes of a slow head do not.</remarks>
    public long WaitingSince { get; private set; }

    /// <inheritdoc/>
    public void OnReady(PollEvents events)
    {
        if (_isWriting && !Continue())
        {
            return;
        }

        if (!_isWriting && (events & (PollEvents.In | PollEvents.Always)) != 0 && !Receive())
        {
            return;
        }

        Serve();
    }

    /// <summary>Ends the connection.</summary>
    public void Close()
    {
        Forget();
        _loop.Close(_fd);
    }

    /// <inheritdoc/>
    public void Forget()
    {
        FinishFile();
        ReturnInput();
    }

    /// <returns>False when the connection is closed.</returns>
    private bool Receive()
    {
        _input ??= ArrayPool<byte>.Shared.Rent(FirstBuffer);
        if (_inputLength == _input.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(_input.Length * 2, MostHead));
            _input.AsSpan(0, _inputLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_input);
            _input = larger;
        }

        byte[] buffer = _loop.Buffer;
        nint count = Libc.Receive(_fd, Libc.AddressOf(buffer), (nuint)Math.Min(buffer.Length, _input.Length - _inputLength), Libc.DoNotWait);
        if (count <= 0)
        {
            if (count == 0 || Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
            {
                Close();
                return false;
            }

            return true;
        }

        buffer.AsSpan(0, (int)count).CopyTo(_input.AsSpan(_inputLength));
        _inputLength += (int)count;
        return true;
    }

    /// <summary>Answers the requests that are here.</summary>
    private void Serve()
    {
        for (int i = 0; i < MostInARow && !_isWriting && _inputLength > 0; i++)
        {
            if (!SkipBody())
            {
                break;
            }

            HttpParse parse = _server.Request.Parse(_input.AsSpan(0, _inputLength), out int length);
            if (parse == HttpParse.Incomplete)
            {
                if (_inputLength >= MostHead)
                {
                    Refuse(HttpStatus.HeaderFieldsTooLarge);
                }

                break;
            }

            Drop(length);
            if (parse == HttpParse.Malformed)
            {
                Refuse(HttpStatus.BadRequest);
                break;
            }

            if (!Answer(_server.Request))
            {
                return;
            }
        }

        if (_inputLength == 0)
        {
            ReturnInput();
        }
    }

    /// <returns>False when there is nothing behind the body yet.</returns>
    private bool SkipBody()
    {
        int skipped = (int)Math.Min(_bodyLeft, _inputLength);
        _bodyLeft -= skipped;
        Drop(skipped);
        return _inputLength > 0;
    }

    private void Drop(int count)
    {
        _inputLength -= count;
        if (count > 0 && _inputLength > 0)
        {
            _input.AsSpan(count, _inputLength).CopyTo(_input);
        }
    }

    private void Refuse(HttpStatus status)
    {
        _isKept = false;
        Drop(_inputLength);
        Send(HttpFile.Of(status), isHead: false, range: null);
    }

    /// <returns>False when the connection is closed.</returns>
    private bool Answer(HttpRequest request)
    {
        WaitingSince = _loop.Now;
        _isKept = request.IsKeptAlive && !request.ExpectsContinue;
        _bodyLeft = request.BodyLength;
        bool isHead = request.Method == "HEAD";
        if (request.IsChunked || request.BodyLength > MostBody)
        {
            _isKept = false;
            return Send(HttpFile.Of(request.IsChunked ? HttpStatus.NotImplemented : HttpStatus.ContentTooLarge), isHead, null);
        }

        if (!isHead && request.Method != "GET")
        {
            return Send(HttpFile.Of(HttpStatus.MethodNotAllowed), isHead, null);
        }

        HttpFile file = request.Path is null ? HttpFile.Of(HttpStatus.BadRequest) : _server.Find(request.Path);
        if (file.Status != HttpStatus.Ok)
        {
            return Send(file, isHead, null);
        }

        if (HttpConditions.IsUnchanged(request, file))
        {
            file.Handle?.Dispose();
            return Send(file with { Status = HttpStatus.NotModified, Handle = null }, isHead: true, null);
        }

        if (HttpConditions.TryGetRange(request, file, out HttpRange range, out bool isSatisfiable))
        {
            if (!isSatisfiable)
            {
                file.Handle?.Dispose();
                return Send(HttpFile.Of(HttpStatus.RangeNotSatisfiable) with { Location = $"bytes */{file.Size}" }, isHead, null);
            }

            return Send(file with { Status = HttpStatus.PartialContent }, isHead, range);
        }

        return Send(file, isHead, null);
    }

    /// <summary>Starts an answer: what fits goes at once.</summary>
    /// <returns>False when the connection is closed.</returns>
    private bool Send(HttpFile file, bool isHead, HttpRange? range)
    {
        _server.Count();
        if (!isHead && range is null && file is { Status: HttpStatus.Ok, Content.Length: <= PreparedAnswers.LargestBody })
        {
            return SendPrepared(file);
        }

        byte[] buffer = _loop.Buffer;
        int length = WriteHead(buffer, file, range);
        _file = file;
        _offset = range?.Start ?? 0;
        _left = isHead ? 0 : range?.Length ?? file.Size;

        // Head and a small body in one go: one segment for most pages.
        if (file.Content is { } content && _left > 0 && _left <= buffer.Length - length)
        {
            content.AsSpan((int)_offset, (int)_left).CopyTo(buffer.AsSpan(length));
            length += (int)_left;
            _left = 0;
        }

        return SendFirst(buffer, length);
    }

    /// <summary>Sends a small file with its head, which are mostly there already.</summary>
    /// <returns>False when the connection is closed.</returns>
    private bool SendPrepared(HttpFile file)
    {
        byte[]? answer = _server.Prepared.Find(file, _isKept, _server.Date);
        if (answer is null)
        {
            byte[] buffer = _loop.Buffer;
            int length = WriteHead(buffer, file, null);
            file.Content!.CopyTo(buffer, length);
            answer = _server.Prepared.Add(file, _isKept, buffer.AsSpan(0, length + file.Content.Length));
        }

        _file = null;
        _left = 0;
        return SendFirst(answer, answer.Length);
    }

    /// <summary>Sends what an answer begins with; what does not fit is held.</summary>
    /// <returns>False when the connection is closed.</returns>
    private bool SendFirst(byte[] buffer, int length)
    {
        nint sent = Libc.Send(_fd, Libc.AddressOf(buffer), (nuint)length, Libc.DoNotWait | Libc.NoSignal | (_left > 0 ? Libc.More : 0));
        if (sent < 0 && Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
        {
            Close();
            return false;
        }

        if (sent < length)
        {
            int done = (int)Math.Max(0, sent);
            _held = GC.AllocateUninitializedArray<byte>(length - done, pinned: true);
            buffer.AsSpan(done, _held.Length).CopyTo(_held);
            _heldStart = 0;
        }

        return Continue();
    }

    /// <summary>Sends on.</summary>
    /// <returns>False when the connection is closed.</returns>
    private bool Continue()
    {
        while (_held is not null || _left > 0)
        {
            nint sent = _held is not null ? SendHeld() : SendFile();
            if (sent < 0)
            {
                if (Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
                {
                    Close();
                    return false;
                }

                Watch(isWriting: true);
                return true;
            }

            WaitingSince = _loop.Now;
        }

        FinishFile();
        if (!_isKept)
        {
            Close();
            return false;
        }

        Watch(isWriting: false);
        return true;
    }

    private nint SendHeld()
    {
        nint sent = Libc.Send(_fd, Libc.AddressOf(_held!, _heldStart), (nuint)(_held!.Length - _heldStart), Libc.DoNotWait | Libc.NoSignal);
        _heldStart += (int)Math.Max(0, sent);
        _held = _heldStart == _held.Length ? null : _held;
        return sent;
    }

    private nint SendFile()
    {
        byte[] buffer = _loop.Buffer;
        int size = (int)Math.Min(_left, buffer.Length);
        nint sent;
        if (_file!.Content is { } content)
        {
            sent = Libc.Send(_fd, Libc.AddressOf(content, (int)_offset), (nuint)_left, Libc.DoNotWait | Libc.NoSignal);
        }
        else
        {
            int read = RandomAccess.Read(_file.Handle!, buffer.AsSpan(0, size), _offset);
            if (read == 0)
            {
                // The file has become shorter than Content-Length said: only the end of the connection can tell.
                _isKept = false;
                _left = 0;
                return 0;
            }

            sent = Libc.Send(_fd, Libc.AddressOf(buffer), (nuint)read, Libc.DoNotWait | Libc.NoSignal);
        }

        _offset += Math.Max(0, sent);
        _left -= Math.Max(0, sent);
        return sent;
    }

    private void FinishFile()
    {
        _file?.Handle?.Dispose();
        _file = null;
        _held = null;
        _left = 0;
    }

    private void Watch(bool isWriting)
    {
        if (_isWriting != isWriting)
        {
            _isWriting = isWriting;
            _loop.Change(_fd, isWriting ? PollEvents.Out : PollEvents.In);
        }
    }

    private void ReturnInput()
    {
        if (_input is not null)
        {
            ArrayPool<byte>.Shared.Return(_input);
            _input = null;
            _inputLength = 0;
        }
    }

    private int WriteHead(Span<byte> buffer, HttpFile file, HttpRange? range)
    {
        long length = range?.Length ?? file.Size;
        StringBuilder head = _server.Head.Clear();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {file.Status.Text()}\r\nServer: KernelSockets\r\nDate: {_server.Date}\r\n");
        if (file.Status != HttpStatus.NotModified)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {file.Type}\r\nContent-Length: {length}\r\n");
        }

        if (file.ModifiedAt is { } modified)
        {
            head.Append(CultureInfo.InvariantCulture, $"Last-Modified: {modified.UtcDateTime:R}\r\nETag: {file.Tag}\r\nAccept-Ranges: bytes\r\n");
        }

        if (range is { } part)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Range: bytes {part.Start}-{part.Start + part.Length - 1}/{file.Size}\r\n");
        }

        switch (file.Status)
        {
            case HttpStatus.MovedPermanently:
                head.Append(CultureInfo.InvariantCulture, $"Location: {file.Location}\r\n");
                break;
            case HttpStatus.RangeNotSatisfiable:
                head.Append(CultureInfo.InvariantCulture, $"Content-Range: {file.Location}\r\n");
                break;
            case HttpStatus.MethodNotAllowed:
                head.Append("Allow: GET, HEAD\r\n");
                break;
            default:
                break;
        }

        head.Append(_isKept ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n");
        int written = 0;
        foreach (ReadOnlyMemory<char> chunk in head.GetChunks())
        {
            written += Encoding.Latin1.GetBytes(chunk.Span, buffer[written..]);
        }

        return written;
    }
}
