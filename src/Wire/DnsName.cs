using System.Globalization;
using System.Text;

namespace KernelSockets.Wire;

/// <summary>Domain names: their labels on the wire (RFC 1035 §3.1, §4.1.4) and their text (§5.1), which always ends with a dot here.</summary>
public static class DnsName
{
    /// <summary>Bytes of a name on the wire at most, its final zero included.</summary>
    public const int MaximumSize = 255;

    private const int MaximumLabel = 63;
    private const int PointerBits = 0xC0;
    private const int PointerSize = 2;
    private const int EscapedDigits = 3;

    /// <summary>Reads a name and goes behind it.</summary>
    /// <param name="message">The whole message, since names point into it.</param>
    /// <param name="offset">Where it starts; afterwards where what follows it starts.</param>
    /// <param name="name">Its text; the root is a lone dot.</param>
    /// <returns>False when it leaves the message, is too long, or a pointer does not point backwards, as all of a real name do.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out string name)
    {
        name = string.Empty;
        StringBuilder text = new();
        int at = offset;
        int size = 1;
        int limit = offset; // each pointer has to point before the part that it stands in: so there is an end
        bool hasJumped = false;
        while (at < message.Length)
        {
            int length = message[at];
            if ((length & PointerBits) == PointerBits)
            {
                int target = at + 1 < message.Length ? (length & ~PointerBits) << 8 | message[at + 1] : limit;
                if (target >= limit)
                {
                    return false;
                }

                offset = hasJumped ? offset : at + PointerSize;
                hasJumped = true;
                at = limit = target;
                continue;
            }

            size += 1 + length;
            if (length > MaximumLabel || size > MaximumSize || at + 1 + length > message.Length)
            {
                return false;
            }

            at++;
            if (length == 0)
            {
                offset = hasJumped ? offset : at;
                name = text.Length == 0 ? "." : text.ToString();
                return true;
            }

            AppendLabel(text, message.Slice(at, length));
            at += length;
        }

        return false;
    }

    /// <summary>Writes a name, uncompressed.</summary>
    /// <param name="name">Its text, with or without the last dot; <c>\.</c> and <c>\DDD</c> stand for bytes.</param>
    /// <param name="bytes">Where it goes: <see cref="MaximumSize"/> bytes are enough.</param>
    /// <param name="size">Bytes written.</param>
    /// <returns>False when the text is no name.</returns>
    public static bool TryWrite(string name, Span<byte> bytes, out int size)
    {
        size = 0;
        Span<byte> label = stackalloc byte[MaximumLabel];
        int at = name is "." ? 1 : 0;
        bool isWhole = name.Length > 0;
        while (isWhole && at < name.Length)
        {
            isWhole = TryReadLabel(name, ref at, label, out int length) && size + 1 + length < Math.Min(MaximumSize, bytes.Length);
            if (isWhole)
            {
                bytes[size++] = (byte)length;
                label[..length].CopyTo(bytes[size..]);
                size += length;
            }
        }

        if (isWhole)
        {
            bytes[size++] = 0;
        }

        return isWhole;
    }

    /// <summary>The name under which the name of an address is found (RFC 1035 §3.5).</summary>
    public static string OfAddress(Ipv4Address address)
    {
        Span<byte> bytes = stackalloc byte[Ipv4Address.Size];
        address.Write(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa.");
    }

    /// <summary>Reads up to the next dot, and behind it.</summary>
    private static bool TryReadLabel(string name, ref int at, Span<byte> label, out int length)
    {
        length = 0;
        while (at < name.Length && name[at] != '.')
        {
            if (length == label.Length || !TryReadByte(name, ref at, out label[length]))
            {
                return false;
            }

            length++;
        }

        at++;
        return length > 0;
    }

    private static bool TryReadByte(string name, ref int at, out byte value)
    {
        char first = name[at++];
        value = (byte)first;
        if (first != '\\')
        {
            return first is > ' ' and < (char)0x7F;
        }

        if (at < name.Length && !char.IsAsciiDigit(name[at]))
        {
            value = (byte)name[at++];
            return value < 0x7F;
        }

        if (at + EscapedDigits > name.Length
            || !byte.TryParse(name.AsSpan(at, EscapedDigits), NumberStyles.None, CultureInfo.InvariantCulture, out value))
        {
            return false;
        }

        at += EscapedDigits;
        return true;
    }

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        foreach (byte value in label)
        {
            char character = (char)value;
            if (value is <= (byte)' ' or >= 0x7F)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{value:D3}");
            }
            else if (character is '.' or '\\' or '"' or '(' or ')' or ';' or '@' or '$')
            {
                text.Append('\\').Append(character);
            }
            else
            {
                text.Append(character);
            }
        }

        text.Append('.');
    }
}
