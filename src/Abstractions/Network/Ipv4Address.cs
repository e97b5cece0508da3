using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace KernelSockets;

/// <summary>An IPv4 address (RFC 791), held in host order so that prefixes compare and mask naturally.</summary>
/// <param name="Value">The address as a number: 10.0.0.1 is 0x0A000001.</param>
public readonly record struct Ipv4Address(uint Value)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 4;

    /// <summary>Bits in an address.</summary>
    public const int Bits = 32;

    /// <summary>0.0.0.0.</summary>
    public static Ipv4Address Any => default;

    /// <summary>255.255.255.255, the limited broadcast (RFC 919).</summary>
    public static Ipv4Address Broadcast => new(uint.MaxValue);

    /// <summary>127.0.0.1.</summary>
    public static Ipv4Address Loopback => new(0x7F00_0001);

    /// <summary>True for 0.0.0.0.</summary>
    public bool IsAny => Value == 0;

    /// <summary>True for 255.255.255.255.</summary>
    public bool IsBroadcast => Value == uint.MaxValue;

    /// <summary>True for 224.0.0.0/4 (RFC 5771).</summary>
    public bool IsMulticast => Value >> 28 == 0xE;

    /// <summary>True for 127.0.0.0/8 (RFC 1122 §3.2.1.3).</summary>
    public bool IsLoopback => Value >> 24 == 127;

    /// <summary>True for 240.0.0.0/4 without the broadcast address (RFC 1112 §4).</summary>
    public bool IsReserved => Value >> 28 == 0xF && !IsBroadcast;

    /// <summary>True for an address that one host can have, 127/8 included: no group, no broadcast, not reserved, not 0/8 (RFC 1122 §3.2.1.3).</summary>
    public bool IsUnicast => !IsMulticast && !IsReserved && !IsBroadcast && Value >> 24 != 0;

    /// <summary>The prefix of the address's class, for those who give no mask (RFC 791 §3.2): 8, 16 or 24; 0 for 0.0.0.0.</summary>
    public int ClassPrefixLength => (Value >> 28) switch
    {
        < 8 => IsAny ? 0 : 8,
        < 12 => 16,
        _ => 24,
    };

    /// <summary>Reads this address as a mask: 255.255.255.0 is 24.</summary>
    /// <returns>False for one with holes.</returns>
    public bool TryGetMaskLength(out int prefixLength)
    {
        prefixLength = BitOperations.PopCount(Value);
        return Mask(prefixLength) == this;
    }

    /// <summary>The mask of a prefix: 24 is 255.255.255.0.</summary>
    /// <param name="prefixLength">0 to 32.</param>
    public static Ipv4Address Mask(int prefixLength) => new(prefixLength == 0 ? 0 : uint.MaxValue << (Bits - prefixLength));

    /// <summary>Reads four bytes in network order.</summary>
    public static Ipv4Address Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt32BigEndian(bytes));

    /// <summary>Reads dotted decimal with four parts; leading zeros and short forms are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint value = 0;
        int count = 0;
        foreach (Range part in text.Split('.'))
        {
            ReadOnlySpan<char> digits = text[part];
            if (count == Size || digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0')
                || !byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out byte octet))
            {
                return false;
            }

            value = value << 8 | octet;
            count++;
        }

        address = new Ipv4Address(value);
        return count == Size;
    }

    /// <summary>True when both share the first <paramref name="prefixLength"/> bits.</summary>
    public bool IsInSameNetwork(Ipv4Address other, int prefixLength) => ((Value ^ other.Value) & Mask(prefixLength).Value) == 0;

    /// <summary>Writes four bytes in network order.</summary>
    public void Write(Span<byte> bytes) => BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);

    /// <summary>Dotted decimal.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Value >> 24}.{Value >> 16 & 255}.{Value >> 8 & 255}.{Value & 255}");
}
