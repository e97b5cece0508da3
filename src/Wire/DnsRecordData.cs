using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace KernelSockets.Wire;

/// <summary>The data of a resource record within its message, since names in it may point anywhere before.</summary>
public sealed class DnsRecordData
{
    private const int Ipv6Size = 16;
    private const int SoaNumbers = 5;
    private const int SrvNumbers = 3;

    private readonly byte[] _message;
    private readonly int _offset;
    private readonly int _length;

    internal DnsRecordData(byte[] message, int offset, int length)
    {
        _message = message;
        _offset = offset;
        _length = length;
    }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => _message.AsSpan(_offset, _length);

    /// <summary>The address of an A record; null when it has another size than one.</summary>
    public Ipv4Address? Address => _length == Ipv4Address.Size ? Ipv4Address.Read(Bytes) : null;

    /// <summary>The data as zone files have it (RFC 1035 §5.1); of unknown or malformed records as RFC 3597 §5 has it.</summary>
    /// <param name="type">The record's type.</param>
    public string Format(DnsRecordType type) => type switch
    {
        DnsRecordType.A => Address?.ToString(),
        DnsRecordType.Aaaa => FormatIpv6(),
        DnsRecordType.Ns or DnsRecordType.Cname or DnsRecordType.Ptr => FormatNames(numbers: 0, names: 1),
        DnsRecordType.Mx => FormatNames(numbers: 1, names: 1),
        DnsRecordType.Srv => FormatNames(SrvNumbers, names: 1),
        DnsRecordType.Soa => FormatStartOfAuthority(),
        DnsRecordType.Txt => FormatTexts(),
        _ => null,
    }
    ?? FormatUnknown();

    private string? FormatIpv6() => _length == Ipv6Size ? new System.Net.IPAddress(Bytes).ToString() : null;

    private string? FormatNames(int numbers, int names)
    {
        StringBuilder text = new();
        int at = _offset;
        for (int i = 0; i < numbers; i++, at += sizeof(ushort))
        {
            if (at + sizeof(ushort) > _offset + _length)
            {
                return null;
            }

            text.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt16BigEndian(_message.AsSpan(at))} ");
        }

        return TryAppendNames(text, names, ref at) && at == _offset + _length ? text.ToString() : null;
    }

    private string? FormatStartOfAuthority()
    {
        StringBuilder text = new();
        int at = _offset;
        if (!TryAppendNames(text, names: 2, ref at) || at + SoaNumbers * sizeof(uint) != _offset + _length)
        {
            return null;
        }

        for (; at < _offset + _length; at += sizeof(uint))
        {
            text.Append(CultureInfo.InvariantCulture, $" {BinaryPrimitives.ReadUInt32BigEndian(_message.AsSpan(at))}");
        }

        return text.ToString();
    }

    private bool TryAppendNames(StringBuilder text, int names, ref int at)
    {
        ReadOnlySpan<byte> message = _message.AsSpan(0, _offset + _length);
        for (int i = 0; i < names; i++)
        {
            if (!DnsName.TryRead(message, ref at, out string name))
            {
                return false;
            }

            text.Append(i > 0 ? " " : "").Append(name);
        }

        return true;
    }

    private string? FormatTexts()
    {
        StringBuilder text = new();
        int at = 0;
        while (at < _length)
        {
            int length = Bytes[at++];
            if (at + length > _length)
            {
                return null;
            }

            text.Append(text.Length > 0 ? " \"" : "\"");
            foreach (byte value in Bytes.Slice(at, length))
            {
                _ = value switch
                {
                    (byte)'"' or (byte)'\\' => text.Append('\\').Append((char)value),
                    >= (byte)' ' and <= (byte)'~' => text.Append((char)value),
                    _ => text.Append(CultureInfo.InvariantCulture, $"\\{value:D3}"),
                };
            }

            text.Append('"');
            at += length;
        }

        return text.Length > 0 ? text.ToString() : null;
    }

    private string FormatUnknown()
    {
        string bytes = Convert.ToHexString(Bytes);
        return string.Create(CultureInfo.InvariantCulture, $"\\# {_length}{(_length > 0 ? " " : "")}{bytes}");
    }
}
