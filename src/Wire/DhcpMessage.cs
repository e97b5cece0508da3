using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace KernelSockets.Wire;

/// <summary>A received DHCP message, decoded (RFC 2131 §2, RFC 2132, RFC 3396). Whatever a server sends, decoding it neither fails nor runs away.</summary>
/// <remarks>
/// Options that end beyond their field are dropped with all behind them; a missing 255 ends the field; overloaded file and sname fields
/// count; an option that occurs more than once is the concatenation of its parts (RFC 3396 §7).
/// </remarks>
public sealed class DhcpMessage
{
    private const int MaximumName = 253;
    private const int OverloadFile = 1;
    private const int OverloadServerName = 2;

    private readonly Dictionary<DhcpOption, byte[]> _options = [];

    private DhcpMessage(ReadOnlySpan<byte> bytes)
    {
        Transaction = BinaryPrimitives.ReadUInt32BigEndian(bytes[DhcpFormat.TransactionOffset..]);
        YourAddress = Ipv4Address.Read(bytes[DhcpFormat.YourAddressOffset..]);
        Hardware = MacAddress.Read(bytes[DhcpFormat.HardwareOffset..]);
        ReadOptions(bytes[DhcpFormat.OptionsOffset..]);

        // RFC 3396 §5: the parts come from the options field, then file, then sname.
        int overload = Find(DhcpOption.Overload) is [var value] ? value : 0;
        if ((overload & OverloadFile) != 0)
        {
            ReadOptions(bytes[DhcpFormat.FileOffset..DhcpFormat.MagicOffset]);
        }

        if ((overload & OverloadServerName) != 0)
        {
            ReadOptions(bytes[DhcpFormat.ServerNameOffset..DhcpFormat.FileOffset]);
        }
    }

    /// <summary>xid.</summary>
    public uint Transaction { get; }

    /// <summary>yiaddr: the address offered or given.</summary>
    public Ipv4Address YourAddress { get; }

    /// <summary>chaddr: the client this answers.</summary>
    public MacAddress Hardware { get; }

    /// <summary>Option 53; <see cref="DhcpMessageType.None"/> without one, as in BOOTP.</summary>
    public DhcpMessageType Type => Find(DhcpOption.MessageType) is [var value] ? (DhcpMessageType)value : DhcpMessageType.None;

    /// <summary>Option 54; 0.0.0.0 for none.</summary>
    public Ipv4Address Server => FirstAddress(DhcpOption.ServerIdentifier);

    /// <summary>Looks at a datagram from a server.</summary>
    /// <returns>False for what is no DHCP reply for an Ethernet client.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DhcpMessage? message)
    {
        message = null;
        bool isReply = bytes.Length >= DhcpFormat.OptionsOffset
            && bytes[0] == DhcpFormat.BootReply
            && bytes[DhcpFormat.HardwareTypeOffset] == DhcpFormat.EthernetType
            && bytes[DhcpFormat.HardwareLengthOffset] == MacAddress.Size
            && BinaryPrimitives.ReadUInt32BigEndian(bytes[DhcpFormat.MagicOffset..]) == DhcpFormat.Magic;
        if (isReply)
        {
            message = new DhcpMessage(bytes);
        }

        return isReply;
    }

    /// <summary>The bytes of an option; null for none.</summary>
    public byte[]? Find(DhcpOption option) => _options.GetValueOrDefault(option);

    /// <summary>The first address of an option; 0.0.0.0 for none.</summary>
    public Ipv4Address FirstAddress(DhcpOption option) =>
        Find(option) is { Length: >= Ipv4Address.Size } bytes ? Ipv4Address.Read(bytes) : Ipv4Address.Any;

    /// <summary>The addresses of an option, at most <paramref name="limit"/>; an incomplete last one is left out.</summary>
    public List<Ipv4Address> Addresses(DhcpOption option, int limit)
    {
        List<Ipv4Address> all = [];
        ReadOnlySpan<byte> rest = Find(option);
        while (rest.Length >= Ipv4Address.Size && all.Count < limit)
        {
            all.Add(Ipv4Address.Read(rest));
            rest = rest[Ipv4Address.Size..];
        }

        return all;
    }

    /// <summary>An option that is a time in seconds, or another number of 32 bits.</summary>
    public uint? Number(DhcpOption option) =>
        Find(option) is { Length: sizeof(uint) } bytes ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : null;

    /// <summary>An option that is a number of 16 bits.</summary>
    public ushort? ShortNumber(DhcpOption option) =>
        Find(option) is { Length: sizeof(ushort) } bytes ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : null;

    /// <summary>
    /// An option that is a host or domain name; empty for none, or for one with anything but letters, digits, dots and hyphens: it ends up in a
    /// file that others parse.
    /// </summary>
    public string Name(DhcpOption option)
    {
        ReadOnlySpan<byte> bytes = Find(option);
        bytes = bytes.TrimEnd((byte)0); // RFC 2132 §2: some senders end text with NUL
        bool isGood = bytes.Length is > 0 and <= MaximumName;
        foreach (byte b in bytes)
        {
            isGood &= char.IsAsciiLetterOrDigit((char)b) || b is (byte)'.' or (byte)'-' or (byte)'_';
        }

        return isGood ? System.Text.Encoding.ASCII.GetString(bytes) : string.Empty;
    }

    private void ReadOptions(ReadOnlySpan<byte> field)
    {
        while (field.Length > 0 && field[0] != (byte)DhcpOption.End)
        {
            DhcpOption option = (DhcpOption)field[0];
            if (option == DhcpOption.Pad)
            {
                field = field[1..];
                continue;
            }

            if (field.Length < 2 || field.Length - 2 < field[1])
            {
                return; // its length is missing, or goes past the end
            }

            int length = field[1];
            ReadOnlySpan<byte> value = field.Slice(2, length);
            _options[option] = [.. Find(option) ?? [], .. value];
            field = field[(2 + length)..];
        }
    }
}
