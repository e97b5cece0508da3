using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KernelSockets.AgentScripts;

/// <summary>
/// A conversation with a socket agent, and what Linux answered: <c>[NAME =] CALL ARGUMENTS -> ERRNO|VALUE [DATA]</c>. Names stand for
/// descriptors, addresses are written 10.0.0.1:80, what poll found in decimal, other data in hexadecimal; * matches any data.
/// </summary>
/// <param name="exchange">Sends a request and waits for the reply with its id; null when none came in time.</param>
internal sealed class AgentScript(Func<byte[], Task<byte[]?>> exchange)
{
    private const int HeaderSize = 60;
    private const int ReplyHeader = 20;
    private const int AddressSize = 16;
    private const int Tries = 5;
    private static readonly string[] s_operations =
    [
        "", "socket", "bind", "listen", "accept", "connect", "recvfrom", "send", "fcntl", "ioctl", "close", "shutdown", "getsockopt", "setsockopt", "poll", "sendto", "reset",
    ];

    private readonly Dictionary<string, long> _descriptors = [];
    private uint _id;

    /// <summary>Makes the call of one line.</summary>
    /// <returns>The line with what came back.</returns>
    public async Task<string> RunAsync(string line)
    {
        string call = line.Split("->")[0].Trim();
        if (call.Length == 0 || call[0] == '#')
        {
            return line;
        }

        string[] parts = call.Split(" = ");
        string[] words = parts[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        byte[] reply = await ExchangeAsync(Encode(words));
        int error = BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(4));
        long value = BinaryPrimitives.ReadInt64LittleEndian(reply.AsSpan(8));
        if (parts.Length == 2 && error == 0)
        {
            _descriptors[parts[0]] = value;
        }

        string data = Describe(words[0], reply.AsSpan(ReplyHeader));
        string answer = error != 0 ? ((Errno)error).ToString() : parts.Length == 2 ? "fd" : value.ToString(CultureInfo.InvariantCulture);
        return $"{call} -> {$"{answer} {(error == 0 ? data : "")}".TrimEnd()}";
    }

    /// <summary>True when a line with its answer is what was expected.</summary>
    public static bool Matches(string expected, string actual) => expected.EndsWith('*')
        ? actual.StartsWith(expected[..^1], StringComparison.Ordinal) : expected == actual;

    private static string Describe(string operation, ReadOnlySpan<byte> data)
    {
        if (data.Length == 0)
        {
            return "";
        }

        if (operation == "poll")
        {
            return string.Join(',', data.ToArray().Chunk(8).Select(descriptor => BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(6))));
        }

        bool isAddress = operation is "accept" or "recvfrom" && data.Length == AddressSize && data[0] == (byte)AddressFamily.InterNetwork;
        return isAddress ? $"{new IPAddress(data.Slice(4, 4))}:{BinaryPrimitives.ReadUInt16BigEndian(data[2..])}" : Convert.ToHexString(data);
    }

    private byte[] Encode(string[] words)
    {
        int operation = Array.IndexOf(s_operations, words[0]);
        if (operation < 0)
        {
            throw new FormatException($"no such call: {string.Join(' ', words)}");
        }

        List<string> arguments = [.. words.Skip(1)];
        byte[] data = [];
        if (words[0] is "bind" or "connect" or "setsockopt" or "sendto")
        {
            data = Data(arguments[^1]);
            arguments.RemoveAt(arguments.Count - 1);
        }
        else if (words[0] == "poll")
        {
            data = [.. arguments[0].Split(',').SelectMany(Descriptor)];
            arguments.RemoveAt(0);
        }

        byte[] request = new byte[HeaderSize + data.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(request, ++_id);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(4), operation);
        for (int i = 0; i < arguments.Count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(8 + 8 * i), Number(arguments[i]));
        }

        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(56), data.Length);
        data.CopyTo(request, HeaderSize);
        return request;
    }

    private byte[] Descriptor(string text)
    {
        string[] parts = text.Split(':');
        byte[] descriptor = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(descriptor, (int)Number(parts[0]));
        BinaryPrimitives.WriteInt16LittleEndian(descriptor.AsSpan(4), (short)Number(parts[1]));
        return descriptor;
    }

    private static byte[] Data(string text)
    {
        if (!IPEndPoint.TryParse(text, out IPEndPoint? address) || !text.Contains('.', StringComparison.Ordinal))
        {
            return text == "-" ? [] : Convert.FromHexString(text);
        }

        byte[] data = new byte[AddressSize];
        data[0] = (byte)AddressFamily.InterNetwork;
        BinaryPrimitives.WriteUInt16BigEndian(data.AsSpan(2), (ushort)address.Port);
        address.Address.GetAddressBytes().CopyTo(data, 4);
        return data;
    }

    private long Number(string text) => _descriptors.TryGetValue(text, out long descriptor) ? descriptor
        : text.StartsWith("0x", StringComparison.Ordinal) ? Convert.ToInt64(text, 16)
        : long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A datagram may get lost, so a call that does not wait is asked for again; the id tells late replies apart.</summary>
    private async Task<byte[]> ExchangeAsync(byte[] request)
    {
        for (int i = 0; i < Tries; i++)
        {
            if (await exchange(request) is { } reply)
            {
                return reply;
            }
        }

        throw new TimeoutException("The agent does not answer.");
    }
}
