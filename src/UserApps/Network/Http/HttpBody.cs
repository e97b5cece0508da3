using System.Globalization;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>The body of an answer, by its length, in chunks, or up to the end of the connection (RFC 9112 §6 and §7).</summary>
internal sealed class HttpBody
{
    private const int MostTrailers = 256;

    private readonly HttpConnection _connection;
    private readonly bool _isChunked;
    private long? _left; // of the body, or of the chunk
    private bool _isOver;
    private bool _isWithinChunks;

    /// <param name="connection">Where it comes from.</param>
    /// <param name="answer">Its head.</param>
    public HttpBody(HttpConnection connection, HttpAnswer answer)
    {
        _connection = connection;
        _isChunked = answer.IsChunked;
        _left = _isChunked ? 0 : answer.Length;
        _isOver = answer.Status is 204 or 304 || (!_isChunked && _left == 0);
    }

    /// <summary>Reads on.</summary>
    /// <param name="destination">Where to.</param>
    /// <returns>0 at its end.</returns>
    /// <exception cref="EndOfStreamException">The connection ended before the body did.</exception>
    /// <exception cref="InvalidDataException">A chunk is malformed.</exception>
    /// <exception cref="System.Net.Sockets.SocketException">The connection is broken, or the time is over.</exception>
    public int Read(Span<byte> destination)
    {
        if (!_isOver && _isChunked && _left == 0)
        {
            StartChunk();
        }

        if (_isOver)
        {
            return 0;
        }

        int most = (int)Math.Min(destination.Length, _left ?? destination.Length);
        int count = _connection.Read(destination[..most]);
        if (count == 0 && _left is not null)
        {
            throw new EndOfStreamException();
        }

        _left -= count;
        _isOver = count == 0 || (_left == 0 && !_isChunked);
        return count;
    }

    private void StartChunk()
    {
        if (_isWithinChunks && ReadLine().Length > 0)
        {
            throw new InvalidDataException("a chunk is longer than it said");
        }

        _isWithinChunks = true;
        string size = ReadLine().Split(';')[0].Trim();
        if (!long.TryParse(size, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long length) || length < 0)
        {
            throw new InvalidDataException("the size of a chunk is malformed");
        }

        _left = length;
        if (length > 0)
        {
            return;
        }

        _isOver = true;
        for (int i = 0; ReadLine().Length > 0; i++)
        {
            if (i == MostTrailers)
            {
                throw new InvalidDataException("there are too many trailers");
            }
        }
    }

    private string ReadLine() => _connection.ReadLine() ?? throw new EndOfStreamException();
}
