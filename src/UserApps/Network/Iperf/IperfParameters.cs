using System.Text.Json;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>What a test does: what the client's options say and the parameter exchange carries (get_parameters of iperf 3.12).</summary>
internal sealed record IperfParameters
{
    /// <summary>Most streams of a test.</summary>
    public const int MostStreams = 128;

    /// <summary>The largest block of a TCP stream.</summary>
    public const int LargestBlock = 1 << 20;

    /// <summary>The largest datagram of a UDP stream.</summary>
    public const int LargestDatagram = 65_507;

    /// <summary>The smallest one: time and number fit.</summary>
    public const int SmallestDatagram = 16;

    /// <summary>The longest test, in seconds.</summary>
    public const int LongestTime = 86_400;

    private const int LongestOmission = 600;
    private const int DefaultBlock = 128 * 1024;

    /// <summary>UDP instead of TCP.</summary>
    public bool IsUdp { get; init; }

    /// <summary>How long, in seconds; 0 for as long as <see cref="Bytes"/> take.</summary>
    public int Time { get; init; } = 10;

    /// <summary>Bytes to send; 0 for as long as <see cref="Time"/> says.</summary>
    public long Bytes { get; init; }

    /// <summary>Seconds at the start that do not count.</summary>
    public int Omit { get; init; }

    /// <summary>Streams.</summary>
    public int Parallel { get; init; } = 1;

    /// <summary>The server sends.</summary>
    public bool IsReverse { get; init; }

    /// <summary>TCP_NODELAY.</summary>
    public bool IsNoDelay { get; init; }

    /// <summary>Bytes of a write, and of a datagram.</summary>
    public int Length { get; init; } = DefaultBlock;

    /// <summary>Bits a second that each stream sends; 0 for as fast as it goes.</summary>
    public long Rate { get; init; }

    /// <summary>Numbers of datagrams have 64 bits.</summary>
    public bool HasLongNumbers { get; init; } = true;

    /// <summary>Reads what a client sends.</summary>
    /// <exception cref="IperfException">It asks for what is not possible.</exception>
    public static IperfParameters Read(IperfJson json)
    {
        bool isUdp = json.Flag("udp");
        if (json.Flag("sctp") || json.Flag("bidirectional"))
        {
            throw new IperfException("SCTP and tests in both directions at a time are not supported");
        }

        if (json.Number("blockcount") != 0)
        {
            throw new IperfException("a number of blocks (-k) is not supported");
        }

        return new IperfParameters
        {
            IsUdp = isUdp,
            Time = (int)json.NumberBetween("time", 0, LongestTime, 0),
            Bytes = json.NumberBetween("num", 0, long.MaxValue, 0),
            Omit = (int)json.NumberBetween("omit", 0, LongestOmission, 0),
            Parallel = (int)json.NumberBetween("parallel", 1, MostStreams, 1),
            IsReverse = json.Flag("reverse"),
            IsNoDelay = json.Flag("nodelay"),
            Length = (int)json.NumberBetween("len", isUdp ? SmallestDatagram : 1, isUdp ? LargestDatagram : LargestBlock, DefaultBlock),
            Rate = json.NumberBetween("bandwidth", 0, long.MaxValue, 0),
            HasLongNumbers = json.Number("udp_counters_64bit") != 0,
        };
    }

    /// <summary>Writes what the server has to know.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean(IsUdp ? "udp" : "tcp", true);
        json.WriteNumber("omit", Omit);
        json.WriteNumber("time", Time);
        json.WriteNumber("num", Bytes);
        json.WriteNumber("blockcount", 0);
        json.WriteNumber("parallel", Parallel);
        json.WriteNumber("len", Length);
        json.WriteNumber("bandwidth", Rate);
        json.WriteNumber("pacing_timer", 1000);
        if (IsReverse)
        {
            json.WriteBoolean("reverse", true);
        }

        if (IsNoDelay)
        {
            json.WriteBoolean("nodelay", true);
        }

        if (IsUdp && HasLongNumbers)
        {
            json.WriteNumber("udp_counters_64bit", 1);
        }

        json.WriteString("client_version", "3.12");
    }
}
