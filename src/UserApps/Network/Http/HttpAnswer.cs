using System.Globalization;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>The head of an answer as a client sees it (RFC 9112).</summary>
internal sealed class HttpAnswer
{
    private const int MostLines = 256;

    private readonly List<(string Name, string Value)> _fields = [];

    private HttpAnswer(string statusLine, int status, string reason)
    {
        StatusLine = statusLine;
        Status = status;
        Reason = reason;
    }

    /// <summary>The first line.</summary>
    public string StatusLine { get; }

    /// <summary>The status code.</summary>
    public int Status { get; }

    /// <summary>The reason phrase; may be empty.</summary>
    public string Reason { get; }

    /// <summary>The fields, in order.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields => _fields;

    /// <summary>Bytes of the body; null when it is not told, or the body comes in chunks.</summary>
    public long? Length { get; private set; }

    /// <summary>The body comes in chunks.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>Where the part starts in the whole, for status 206; null when it is not told.</summary>
    public long? RangeStart { get; private set; }

    /// <summary>The first value of a field; null for none.</summary>
    public string? this[string name] => _fields.Find(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>Last-Modified; null for none that is a date.</summary>
    public DateTimeOffset? ModifiedAt =>
        DateTimeOffset.TryParseExact(this["Last-Modified"], "R", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;

    /// <summary>Reads the head of the final answer; interim ones (1xx) are passed over.</summary>
    /// <returns>Null when the connection ended first.</returns>
    /// <exception cref="InvalidDataException">It is malformed.</exception>
    public static HttpAnswer? Read(HttpConnection connection)
    {
        for (int i = 0; i < MostLines; i++)
        {
            if (connection.ReadLine() is not { } line)
            {
                return null;
            }

            HttpAnswer answer = ParseStatus(line);
            if (!answer.ReadFields(connection))
            {
                return null;
            }

            if (answer.Status is < 100 or >= 200)
            {
                answer.TakeFraming();
                return answer;
            }
        }

        throw new InvalidDataException("there are too many interim answers");
    }

    private static HttpAnswer ParseStatus(string line)
    {
        string[] parts = line.Split(' ', 3);
        return parts.Length >= 2 && parts[0].StartsWith("HTTP/1.", StringComparison.Ordinal) && TryParseDigits(parts[1], out long status) && parts[1].Length == 3
            ? new HttpAnswer(line, (int)status, parts.Length > 2 ? parts[2] : string.Empty)
            : throw new InvalidDataException("the status line is malformed");
    }

    private static bool TryParseDigits(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private bool ReadFields(HttpConnection connection)
    {
        for (int i = 0; i < MostLines; i++)
        {
            if (connection.ReadLine() is not { } line)
            {
                return false;
            }

            if (line.Length == 0)
            {
                return true;
            }

            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (line[0] is ' ' or '\t' && _fields.Count > 0)
            {
                _fields[^1] = (_fields[^1].Name, $"{_fields[^1].Value} {line.Trim()}"); // RFC 9112 §5.2: a folded line
            }
            else if (colon > 0)
            {
                _fields.Add((line[..colon].TrimEnd(), line[(colon + 1)..].Trim()));
            }
        }

        throw new InvalidDataException("the answer has too many fields");
    }

    /// <summary>How long the body is (RFC 9112 §6.3).</summary>
    private void TakeFraming()
    {
        if (this["Transfer-Encoding"] is { } encoding && !string.Equals(encoding, "identity", StringComparison.OrdinalIgnoreCase))
        {
            IsChunked = string.Equals(encoding, "chunked", StringComparison.OrdinalIgnoreCase)
                ? true
                : throw new InvalidDataException($"the transfer encoding '{encoding}' is not supported");
        }
        else
        {
            TakeLength();
        }

        if (Status == 206 && this["Content-Range"] is { } range)
        {
            // bytes 7-9/10
            string start = range.StartsWith("bytes ", StringComparison.OrdinalIgnoreCase) ? range["bytes ".Length..].Split('-')[0].Trim() : string.Empty;
            RangeStart = TryParseDigits(start, out long number) ? number : throw new InvalidDataException("Content-Range is malformed");
        }
    }

    private void TakeLength()
    {
        foreach ((_, string value) in _fields.Where(static field => string.Equals(field.Name, "Content-Length", StringComparison.OrdinalIgnoreCase)))
        {
            if (!TryParseDigits(value, out long length) || (Length is { } before && before != length))
            {
                throw new InvalidDataException("Content-Length is malformed");
            }

            Length = length;
        }
    }
}
