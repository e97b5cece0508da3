using System.Buffers.Binary;

namespace KernelSockets.Net.Tests;

/// <summary>What a DHCP server sends, byte by byte, and what it sees of a client's message; written apart from the client's own codec.</summary>
internal sealed class ServerMessage
{
    private readonly List<byte> _options = [];

    public ServerMessage(int type, uint transaction, string mac, string address)
    {
        Type = type;
        Transaction = transaction;
        Mac = mac;
        Address = address;
    }

    public int Type { get; }

    public uint Transaction { get; set; }

    public string Mac { get; set; }

    public string Address { get; }

    public byte[] File { get; } = new byte[128];

    public byte[] ServerName { get; } = new byte[64];

    public bool HasEnd { get; set; } = true;

    public ServerMessage With(int option, params byte[] value)
    {
        _options.AddRange([(byte)option, (byte)value.Length, .. value]);
        return this;
    }

    public ServerMessage WithAddress(int option, params string[] addresses) => With(option, [.. addresses.SelectMany(Bytes)]);

    public ServerMessage WithSeconds(int option, uint seconds)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, seconds);
        return With(option, bytes);
    }

    public ServerMessage Raw(params byte[] bytes)
    {
        _options.AddRange(bytes);
        return this;
    }

    public byte[] ToBytes()
    {
        byte[] head = new byte[240];
        head[0] = 2;
        head[1] = 1;
        head[2] = 6;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), Transaction);
        Bytes(Address).CopyTo(head, 16);
        Addresses.Mac(Mac).Write(head.AsSpan(28));
        ServerName.CopyTo(head, 44);
        File.CopyTo(head, 108);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(236), 0x63825363);
        byte[] end = HasEnd ? [255] : [];
        return [.. head, 53, 1, (byte)Type, .. _options, .. end];
    }

    public static byte[] Bytes(string address)
    {
        byte[] bytes = new byte[4];
        Addresses.Ip(address).Write(bytes);
        return bytes;
    }

    /// <summary>An option of a client's message; empty for none.</summary>
    public static byte[] Option(byte[] message, int option)
    {
        for (int i = 240; message[i] != 255; i += 2 + message[i + 1])
        {
            if (message[i] == option)
            {
                return message[(i + 2)..(i + 2 + message[i + 1])];
            }
        }

        return [];
    }

    public static uint TransactionOf(byte[] message) => BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(4));
}
