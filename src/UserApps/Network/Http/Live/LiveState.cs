using System.Text.Json;

namespace KernelSockets.UserApps.Network.Http.Live;

/// <summary>The figures of the live page, as JSON. Made anew a few times a second at most, however many ask.</summary>
/// <remarks>Runs on the server's thread. Everything in it is bounded, so that serving goes on meanwhile.</remarks>
internal sealed class LiveState : IDisposable
{
    private const int MostSockets = 100;
    private const long Life = 200; // ms that an answer is good for
    private const long Patience = 5000; // ms after which nobody looks any more

    private readonly ISystem _system;
    private readonly HttpServer _server;
    private readonly LivePackets _packets;
    private HttpFile? _answer;
    private long _madeAt;

    /// <param name="system">What is shown.</param>
    /// <param name="server">Whose requests are counted.</param>
    /// <param name="port">The server's port.</param>
    public LiveState(ISystem system, HttpServer server, int port)
    {
        _system = system;
        _server = server;
        _packets = new LivePackets(port);
    }

    /// <summary>The figures.</summary>
    public HttpFile Read()
    {
        long now = Environment.TickCount64;
        if (_answer is null || now - _madeAt >= Life)
        {
            using MemoryStream text = new();
            using (Utf8JsonWriter json = new(text))
            {
                Write(json);
            }

            byte[] content = GC.AllocateUninitializedArray<byte>((int)text.Length, pinned: true);
            text.ToArray().CopyTo(content, 0);
            _answer = new HttpFile(HttpStatus.Ok) { Type = "application/json", Content = content, Size = content.Length };
            _madeAt = now;
        }

        return _answer;
    }

    /// <summary>Lets go of what costs something while nobody looks.</summary>
    public void Tick()
    {
        if (_packets.IsOpen && Environment.TickCount64 - _madeAt > Patience)
        {
            _packets.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _packets.Dispose();

    private void Write(Utf8JsonWriter json)
    {
        SystemIdentity identity = _system.Identity;
        MemoryStatistics memory = _system.Memory();
        json.WriteStartObject();
        json.WriteNumber("time", DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        json.WriteNumber("uptime", (_system.Clock.Now - Instant.Zero).TotalSeconds);
        json.WriteString("host", identity.HostName);
        json.WriteString("version", $"{identity.SystemName} {identity.Release}");
        json.WriteNumber("memoryTotal", memory.Total);
        json.WriteNumber("memoryFree", memory.Free);
        json.WriteNumber("packetBuffers", memory.PacketBuffers);
        json.WriteNumber("packetBuffersFree", memory.FreePacketBuffers);
        json.WriteNumber("tasks", _system.Tasks().Count);
        json.WriteNumber("httpConnections", _server.Connections);
        json.WriteNumber("httpAnswered", _server.Answered);
        WriteInterfaces(json);
        WriteCollector(json);
        WriteSockets(json);
        json.WriteStartArray("packets");
        foreach (string line in _packets.Read())
        {
            json.WriteStringValue(line);
        }

        if (_packets.Failure is { } failure)
        {
            json.WriteStringValue(failure);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteInterfaces(Utf8JsonWriter json)
    {
        json.WriteStartArray("interfaces");
        foreach (InterfaceInformation one in _system.Network.Interfaces())
        {
            NetworkDeviceStatistics counters = one.Statistics;
            json.WriteStartObject();
            json.WriteString("name", one.Name);
            json.WriteString("address", one.Address.IsAny ? "no address" : $"{one.Address}/{one.PrefixLength}");
            json.WriteBoolean("isUp", one.IsUp && one.IsLinkUp);
            json.WriteNumber("receivedPackets", counters.ReceivedPackets);
            json.WriteNumber("receivedBytes", counters.ReceivedBytes);
            json.WriteNumber("sentPackets", counters.TransmittedPackets);
            json.WriteNumber("sentBytes", counters.TransmittedBytes);
            json.WriteNumber("dropped", counters.ReceiveErrors + counters.ReceiveDropped + counters.ReceiveMissed + counters.TransmitErrors + counters.TransmitDropped);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCollector(Utf8JsonWriter json)
    {
        GCMemoryInfo last = GC.GetGCMemoryInfo(GCKind.Any);
        double pause = 0;
        foreach (TimeSpan part in last.PauseDurations)
        {
            pause += part.TotalMilliseconds;
        }

        json.WriteStartObject("collector");
        json.WriteStartArray("collections");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            json.WriteNumberValue(GC.CollectionCount(generation));
        }

        json.WriteEndArray();
        json.WriteNumber("pauseTotal", GC.GetTotalPauseDuration().TotalMilliseconds);
        json.WriteNumber("pauseLast", pause);
        json.WriteNumber("heap", GC.GetTotalMemory(false));
        json.WriteNumber("allocated", GC.GetTotalAllocatedBytes());
        json.WriteEndObject();
    }

    private void WriteSockets(Utf8JsonWriter json)
    {
        IReadOnlyList<SocketInformation> sockets = _system.Network.Sockets();
        json.WriteNumber("socketCount", sockets.Count);
        json.WriteStartArray("sockets");
        foreach (SocketInformation socket in sockets.Take(MostSockets))
        {
            json.WriteStartObject();
            json.WriteString("protocol", socket.Protocol);
            json.WriteString("local", socket.Local);
            json.WriteString("remote", socket.Remote);
            json.WriteString("state", socket.State);
            json.WriteNumber("receiveQueue", socket.ReceiveQueue);
            json.WriteNumber("sendQueue", socket.SendQueue);
            if (socket.Stream is { } stream)
            {
                json.WriteNumber("roundTrip", Math.Round(stream.RoundTrip.TotalMilliseconds, 3));
                json.WriteNumber("window", stream.Window);
                json.WriteNumber("retransmitted", stream.Retransmitted);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
