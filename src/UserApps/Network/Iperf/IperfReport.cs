using System.Globalization;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>What iperf3 prints, in its words and columns (iperf_locale.c of iperf 3.12).</summary>
internal static class IperfReport
{
    private const string Separator = "- - - - - - - - - - - - - - - - - - - - - - - - -";

    /// <summary>A line for each stream.</summary>
    public static void PrintStreams(IEnumerable<IperfStream> streams)
    {
        foreach (IperfStream stream in streams)
        {
            (System.Net.IPEndPoint local, System.Net.IPEndPoint remote) = stream.Endpoints;
            Console.Out.WriteLine($"[{stream.Descriptor,3}] local {local.Address} port {local.Port} connected to {remote.Address} port {remote.Port}");
        }
    }

    /// <summary>The heading of intervals.</summary>
    public static void PrintHeading(bool isUdp, bool isSender, bool isFinal)
    {
        string columns = (isUdp, isSender) switch
        {
            (true, true) when !isFinal => "         Total Datagrams",
            (true, _) => "         Jitter    Lost/Total Datagrams",
            (false, true) => isFinal ? "         Retr" : "         Retr  Cwnd",
            _ => string.Empty,
        };
        if (isFinal)
        {
            Console.Out.WriteLine(Separator);
        }

        Console.Out.WriteLine($"[ ID] Interval           Transfer     Bitrate{columns}");
    }

    /// <summary>A line of an interval.</summary>
    /// <param name="name">The stream's number, or SUM.</param>
    /// <param name="from">Where it starts.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="counts">What happened in it.</param>
    /// <param name="isUdp">Datagrams are told.</param>
    /// <param name="isSender">It sent.</param>
    /// <param name="note">At the end of the line.</param>
    /// <param name="isFinal">True for the whole test.</param>
    public static void PrintLine(string name, TimeSpan from, TimeSpan to, IperfCounts counts, bool isUdp, bool isSender, string note = "", bool isFinal = false)
    {
        double seconds = Math.Max((to - from).TotalSeconds, 1e-6);
        string figures = (isUdp, isSender) switch
        {
            (true, true) when !isFinal => $" {counts.Packets} ",
            (true, _) => Datagrams(counts),
            (false, true) when counts.Retransmissions >= 0 => isFinal ? $"  {counts.Retransmissions,3}            " : $"  {counts.Retransmissions,3}   {Size(counts.Window)}      ",
            _ => "                 ",
        };
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"[{name,3}] {from.TotalSeconds,6:0.00}-{to.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture),-6} sec  {Size(counts.Bytes)}  {Rate(counts.Bytes * 8 / seconds)}/sec{figures} {note}");
        Console.Out.WriteLine(line.TrimEnd());
    }

    /// <summary>Bytes in iperf3's adaptive units of 1024.</summary>
    internal static string Size(double bytes) => $"{Scale(bytes, 1024, ["Bytes", "KBytes", "MBytes", "GBytes", "TBytes"])}";

    /// <summary>Bits a second in units of 1000.</summary>
    internal static string Rate(double bits) => $"{Scale(bits, 1000, ["bits", "Kbits", "Mbits", "Gbits", "Tbits"])}";

    private static string Datagrams(IperfCounts counts)
    {
        double percent = counts.Packets > 0 ? 100.0 * counts.Lost / counts.Packets : 0;
        return string.Create(CultureInfo.InvariantCulture, $"  {counts.Jitter * 1000,5:0.000} ms  {counts.Lost}/{counts.Packets} ({percent.ToString("G2", CultureInfo.InvariantCulture)}%) ");
    }

    /// <summary>Always four places (unit_snprintf).</summary>
    private static string Scale(double value, int step, string[] units)
    {
        int unit = 0;
        while (value >= step && unit < units.Length - 1)
        {
            value /= step;
            unit++;
        }

        string format = value < 9.995 ? "0.00" : value < 99.95 ? "0.0" : "0";
        return $"{value.ToString(format, CultureInfo.InvariantCulture),4} {units[unit]}";
    }
}
