using System.Buffers.Text;
using System.Text;

namespace KernelSockets.UserApps.Network.Http;

/// <summary>How far a request has been read.</summary>
internal enum HttpParse
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The request is whole.</summary>
    Complete,

    /// <summary>It is malformed: 400.</summary>
    Malformed,
}

/// <summary>The head of a request (RFC 9112): what this server looks at.</summary>
internal sealed class HttpRequest
{
    private const int MostHeaders = 100;

    private int _hosts;
    private bool _hasLength;

    /// <summary>The method, for example GET.</summary>
    public string Method { get; private set; } = string.Empty;

    /// <summary>The path, percent-decoded and without <c>.</c> and <c>..</c>; null when it cannot be one of ours.</summary>
    public string? Path { get; private set; }

    /// <summary>True for HTTP/1.1 and later minor versions, false for HTTP/1.0.</summary>
    public bool IsVersion11 { get; private set; }

    /// <summary>True when another request may follow on the connection.</summary>
    public bool IsKeptAlive { get; private set; }

    /// <summary>Bytes of a body that follows, to be skipped.</summary>
    public long BodyLength { get; private set; }

    /// <summary>Range, as it was sent; null for none.</summary>
    public string? Range { get; private set; }

    /// <summary>If-Range, as it was sent; null for none.</summary>
    public string? RangeCondition { get; private set; }

    /// <summary>If-None-Match, as it was sent; null for none.</summary>
    public string? NoneMatch { get; private set; }

    /// <summary>If-Modified-Since; null for none that is a date.</summary>
    public DateTimeOffset? ModifiedSince { get; private set; }

    /// <summary>True when the body comes in chunks, which this server does not take.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>True when the client waits for a word before it sends the body, which it may never do (RFC 9110 §10.1.1).</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>Reads a request.</summary>
    /// <param name="bytes">What has arrived so far.</param>
    /// <param name="length">Bytes of the head, when it is whole.</param>
    public HttpParse Parse(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        int skipped = 0;
        while (bytes[skipped..].StartsWith("\r\n"u8))
        {
            skipped += 2; // RFC 9112 §2.2: at least one empty line before the request line is to be ignored
        }

        int end = bytes[skipped..].IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return HttpParse.Incomplete;
        }

        length = skipped + end + 4;
        ReadOnlySpan<byte> head = bytes.Slice(skipped, end + 2);
        int lineEnd = head.IndexOf("\r\n"u8);
        return TryReadLine(head[..lineEnd]) && TryReadHeaders(head[(lineEnd + 2)..]) && HasHost ? HttpParse.Complete : HttpParse.Malformed;
    }

    /// <summary>RFC 9112 §3.2: one, which HTTP/1.0 may do without.</summary>
    private bool HasHost => _hosts == 1 || (_hosts == 0 && !IsVersion11);

    private static bool IsEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => Ascii.EqualsIgnoreCase(left, right);

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);

    private bool TryReadLine(ReadOnlySpan<byte> line)
    {
        int first = line.IndexOf((byte)' ');
        int last = line.LastIndexOf((byte)' ');
        if (first <= 0 || last <= first || line.Contains((byte)0))
        {
            return false;
        }

        ReadOnlySpan<byte> version = line[(last + 1)..];
        if (version.Length != "HTTP/1.1"u8.Length || !version.StartsWith("HTTP/1."u8))
        {
            return false;
        }

        Forget();
        IsVersion11 = version[^1] != (byte)'0';
        IsKeptAlive = IsVersion11;
        Method = line[..first] switch
        {
            var get when get.SequenceEqual("GET"u8) => "GET",
            var head when head.SequenceEqual("HEAD"u8) => "HEAD",
            var other => Encoding.Latin1.GetString(other),
        };
        Path = Normalize(line[(first + 1)..last]);
        return true;
    }

    private void Forget()
    {
        BodyLength = 0;
        _hasLength = false;
        _hosts = 0;
        Range = null;
        RangeCondition = null;
        NoneMatch = null;
        ModifiedSince = null;
        IsChunked = false;
        ExpectsContinue = false;
    }

    private bool TryReadHeaders(ReadOnlySpan<byte> lines)
    {
        for (int i = 0; !lines.IsEmpty; i++)
        {
            int end = lines.IndexOf("\r\n"u8);
            ReadOnlySpan<byte> line = lines[..end];
            lines = lines[(end + 2)..];
            int colon = line.IndexOf((byte)':');
            if (i == MostHeaders || colon <= 0 || line[colon - 1] is (byte)' ' or (byte)'\t' || !TryTake(line[..colon], Trim(line[(colon + 1)..])))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryTake(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (IsEqual(name, "Connection"u8))
        {
            IsKeptAlive = !IsEqual(value, "close"u8) && (IsKeptAlive || IsEqual(value, "keep-alive"u8));
        }
        else if (IsEqual(name, "Host"u8))
        {
            _hosts++;
        }
        else if (IsEqual(name, "Content-Length"u8))
        {
            return TryTakeLength(value);
        }
        else if (IsEqual(name, "Transfer-Encoding"u8))
        {
            IsChunked = true;
        }
        else if (IsEqual(name, "Expect"u8))
        {
            ExpectsContinue = true;
        }
        else
        {
            TakeCondition(name, value);
        }

        return true;
    }

    /// <summary>Two lengths that differ would let somebody hide a request in a body (RFC 9112 §6.3).</summary>
    private bool TryTakeLength(ReadOnlySpan<byte> value)
    {
        bool isNumber = Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length && number >= 0 && value[0] is not ((byte)'+' or (byte)'-');
        bool isSame = !_hasLength || BodyLength == number;
        BodyLength = number;
        _hasLength = true;
        return isNumber && isSame;
    }

    private void TakeCondition(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (IsEqual(name, "Range"u8))
        {
            Range = Encoding.Latin1.GetString(value);
        }
        else if (IsEqual(name, "If-Range"u8))
        {
            RangeCondition = Encoding.Latin1.GetString(value);
        }
        else if (IsEqual(name, "If-None-Match"u8))
        {
            NoneMatch = Encoding.Latin1.GetString(value);
        }
        else if (IsEqual(name, "If-Modified-Since"u8))
        {
            ModifiedSince = HttpConditions.ReadDate(Encoding.Latin1.GetString(value));
        }
    }

    /// <summary>The path of a target in origin form, or of an absolute one (RFC 9112 §3.2).</summary>
    private static string? Normalize(ReadOnlySpan<byte> target)
    {
        if (target.StartsWith("http://"u8))
        {
            int slash = target["http://"u8.Length..].IndexOf((byte)'/');
            target = slash < 0 ? "/"u8 : target[("http://"u8.Length + slash)..];
        }

        int end = target.IndexOfAny((byte)'?', (byte)'#');
        target = end < 0 ? target : target[..end];
        if (target.IsEmpty || target[0] != (byte)'/')
        {
            return null;
        }

        return target.IndexOfAny("%.\\"u8) < 0 && target.IndexOf("//"u8) < 0 ? Encoding.Latin1.GetString(target) : Resolve(target);
    }

    private static string? Resolve(ReadOnlySpan<byte> target)
    {
        byte[] decoded = new byte[target.Length];
        int count = 0;
        for (int i = 0; i < target.Length; i++)
        {
            byte value = target[i];
            if (value == (byte)'%')
            {
                if (i + 2 >= target.Length || !Utf8Parser.TryParse(target.Slice(i + 1, 2), out value, out int used, 'x') || used != 2)
                {
                    return null;
                }

                i += 2;
            }

            decoded[count++] = value;
        }

        if (!System.Text.Unicode.Utf8.IsValid(decoded.AsSpan(0, count)))
        {
            return null;
        }

        string text = Encoding.UTF8.GetString(decoded, 0, count);
        return text.Contains('\0', StringComparison.Ordinal) ? null : RemoveDots(text);
    }

    /// <summary>RFC 3986 §5.2.4: a path cannot leave the root.</summary>
    private static string RemoveDots(string path)
    {
        List<string> kept = [];
        string[] parts = path.Split('/');
        foreach (string part in parts)
        {
            if (part == "..")
            {
                kept.RemoveRange(Math.Max(0, kept.Count - 1), Math.Min(1, kept.Count));
            }
            else if (part is not ("" or "."))
            {
                kept.Add(part);
            }
        }

        bool isDirectory = parts[^1] is "" or "." or "..";
        return kept.Count == 0 ? "/" : $"/{string.Join('/', kept)}{(isDirectory ? "/" : string.Empty)}";
    }
}
