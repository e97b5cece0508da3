using System.Buffers.Binary;
using System.Globalization;

namespace KernelSockets;

/// <summary>An EUI-48 link-layer address (IEEE 802, RFC 9542).</summary>
public readonly record struct MacAddress
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 6;

    private readonly ulong _value;

    private MacAddress(ulong value) => _value = value;

    /// <summary>00:00:00:00:00:00.</summary>
    public static MacAddress Any => default;

    /// <summary>ff:ff:ff:ff:ff:ff.</summary>
    public static MacAddress Broadcast => new(0xFFFF_FFFF_FFFF);

    /// <summary>True for all ones.</summary>
    public bool IsBroadcast => this == Broadcast;

    /// <summary>True when the group bit is set; broadcast included.</summary>
    public bool IsMulticast => (_value >> 40 & 1) != 0;

    /// <summary>Reads the first six bytes, in wire order.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> bytes) =>
        new((ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]));

    /// <summary>Reads <c>52:54:00:12:34:56</c>.</summary>
    /// <returns>False when the text is not six hexadecimal bytes joined by colons.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        ulong value = 0;
        int count = 0;
        foreach (Range part in text.Split(':'))
        {
            ReadOnlySpan<char> digits = text[part];
            if (count == Size || digits.Length is 0 or > 2
                || !byte.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }

            value = value << 8 | octet;
            count++;
        }

        address = new MacAddress(value);
        return count == Size;
    }

    /// <summary>Writes six bytes in wire order.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(_value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)_value);
    }

    /// <summary>Lower-case hexadecimal bytes joined by colons.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(byte)(_value >> 40):x2}:{(byte)(_value >> 32):x2}:{(byte)(_value >> 24):x2}:{(byte)(_value >> 16):x2}:{(byte)(_value >> 8):x2}:{(byte)_value:x2}");
}
