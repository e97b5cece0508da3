using System.Text.Json;

namespace KernelSockets.UserApps.Network.Iperf;

/// <summary>What one side has measured: the exchange of results (send_results of iperf 3.12).</summary>
/// <param name="Streams">The streams.</param>
/// <param name="HasRetransmissions">True when retransmissions are told.</param>
internal sealed record IperfResults(IReadOnlyList<IperfStreamResult> Streams, bool HasRetransmissions)
{
    /// <summary>Reads the other side's.</summary>
    /// <param name="json">What it sent.</param>
    /// <param name="ids">The streams there are.</param>
    /// <exception cref="IperfException">Something is missing, or there is another stream.</exception>
    public static IperfResults Read(IperfJson json, IReadOnlyCollection<int> ids)
    {
        List<IperfStreamResult> all = [];
        foreach (IperfJson stream in json.Objects("streams") ?? throw new IperfException("results without streams"))
        {
            IperfStreamResult result = IperfStreamResult.Read(stream);
            all.Add(ids.Contains(result.Id) && !all.Exists(other => other.Id == result.Id) ? result : throw new IperfException("received results for an unknown stream"));
        }

        return all.Count == ids.Count ? new IperfResults(all, json.Number("sender_has_retransmits") == 1) : throw new IperfException("results for too few streams");
    }

    /// <summary>Writes ours.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="processor">Share of the processor that the test took, in percent.</param>
    /// <param name="isReceiver">True when the other side tells of retransmissions.</param>
    public void Write(Utf8JsonWriter json, IperfProcessor processor, bool isReceiver)
    {
        json.WriteNumber("cpu_util_total", processor.User + processor.System);
        json.WriteNumber("cpu_util_user", processor.User);
        json.WriteNumber("cpu_util_system", processor.System);
        json.WriteNumber("sender_has_retransmits", isReceiver ? -1 : HasRetransmissions ? 1 : 0);
        json.WriteStartArray("streams");
        foreach (IperfStreamResult stream in Streams)
        {
            json.WriteStartObject();
            stream.Write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}

/// <summary>The results of one stream.</summary>
internal sealed record IperfStreamResult
{
    /// <summary>Number of the stream.</summary>
    public int Id { get; init; }

    /// <summary>Bytes sent or received.</summary>
    public long Bytes { get; init; }

    /// <summary>Segments sent again; -1 where nobody knows.</summary>
    public long Retransmissions { get; init; } = -1;

    /// <summary>RFC 1889's jitter, in seconds.</summary>
    public double Jitter { get; init; }

    /// <summary>Datagrams lost.</summary>
    public long Lost { get; init; }

    /// <summary>Datagrams sent, as far as known.</summary>
    public long Packets { get; init; }

    /// <summary>How long it ran, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Reads one.</summary>
    public static IperfStreamResult Read(IperfJson json) => new()
    {
        Id = (int)json.Number("id"),
        Bytes = (long)json.Number("bytes"),
        Retransmissions = (long)json.Number("retransmits"),
        Jitter = json.Number("jitter"),
        Lost = (long)json.Number("errors"),
        Packets = (long)json.Number("packets"),
        Seconds = json.Number("end_time") - json.Number("start_time"),
    };

    /// <summary>Writes it.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteNumber("id", Id);
        json.WriteNumber("bytes", Bytes);
        json.WriteNumber("retransmits", Retransmissions);
        json.WriteNumber("jitter", Jitter);
        json.WriteNumber("errors", Lost);
        json.WriteNumber("packets", Packets);
        json.WriteNumber("start_time", 0);
        json.WriteNumber("end_time", Seconds);
    }
}

/// <summary>Shares of the processor's time, in percent.</summary>
/// <param name="User">Outside of the kernel; here, where everything is in one, whatever getrusage(2) counts as such.</param>
/// <param name="System">In the kernel.</param>
internal readonly record struct IperfProcessor(double User, double System)
{
    /// <summary>What was used since a moment.</summary>
    public static IperfProcessor Since(Environment.ProcessCpuUsage before, TimeSpan passed)
    {
        Environment.ProcessCpuUsage now = Environment.CpuUsage;
        double percent = 100 / Math.Max(passed.TotalSeconds, 0.001);
        return new IperfProcessor((now.UserTime - before.UserTime).TotalSeconds * percent, (now.PrivilegedTime - before.PrivilegedTime).TotalSeconds * percent);
    }
}
