using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using KernelSockets.UserApps.Network.Http;
using KernelSockets.UserApps.Network.Http.Live;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>The live page and its figures, over Linux's loopback interface.</summary>
public sealed class LivePageTests
{
    private readonly FakeSystem _system = new();

    [Fact]
    public void State_TellsInterfacesSocketsCollectorAndMemory()
    {
        _system.NetworkControl.Links.Add(new InterfaceInformation(
            "eth0", MacAddress.Any, new Ipv4Address(0x0A4D_0002), 24, 1500, true, true, false, "", new NetworkDeviceStatistics { ReceivedPackets = 12, TransmittedBytes = 34, ReceiveMissed = 5 }));
        _system.NetworkControl.OpenSockets.Add(new SocketInformation("tcp", "10.77.0.2:80", "10.77.0.1:40000", "ESTABLISHED", 1, 2, 0, 1, 5)
        {
            Stream = new StreamInformation { Congestion = "cubic", RoundTrip = TimeSpan.FromMilliseconds(1.5), Window = 10, Retransmitted = 3 },
        });
        for (int i = 0; i < 200; i++)
        {
            _system.NetworkControl.OpenSockets.Add(new SocketInformation("udp", $"0.0.0.0:{i}", "0.0.0.0:*", "", 0, 0, 0, 1, 5));
        }

        JsonElement state = ReadState();
        JsonElement card = state.GetProperty("interfaces")[0];
        Assert.Equal(("eth0", "10.77.0.2/24", 12, 34, 5), (
            card.GetProperty("name").GetString(), card.GetProperty("address").GetString(), card.GetProperty("receivedPackets").GetInt64(), card.GetProperty("sentBytes").GetInt64(),
            card.GetProperty("dropped").GetInt64()));
        Assert.Equal((201, 100), (state.GetProperty("socketCount").GetInt32(), state.GetProperty("sockets").GetArrayLength()));
        JsonElement socket = state.GetProperty("sockets")[0];
        Assert.Equal((1.5, 10, 3), (socket.GetProperty("roundTrip").GetDouble(), socket.GetProperty("window").GetInt32(), socket.GetProperty("retransmitted").GetInt32()));
        Assert.False(state.GetProperty("sockets")[1].TryGetProperty("roundTrip", out _));
        Assert.Equal(3, state.GetProperty("collector").GetProperty("collections").GetArrayLength());
        Assert.Equal(_system.MemoryNow.Free, state.GetProperty("memoryFree").GetInt64());
    }

    [Fact]
    public void EveryFigure_ThatThePageShows_IsThere()
    {
        _system.NetworkControl.Links.Add(new InterfaceInformation("lo", MacAddress.Any, Ipv4Address.Loopback, 8, 65536, true, true, true, "", new NetworkDeviceStatistics()));
        string state = ReadState().ToString();
        string[] names = ["time", "uptime", "host", "version", "memoryTotal", "memoryFree", "packetBuffers", "packetBuffersFree", "tasks", "httpConnections", "httpAnswered", "interfaces",
            "collector", "sockets", "socketCount", "packets", "name", "address", "isUp", "receivedPackets", "receivedBytes", "sentPackets", "sentBytes", "dropped", "collections", "pauseTotal",
            "pauseLast", "heap", "allocated"];
        Assert.All(names, name => Assert.Contains($"\"{name}\":", state, StringComparison.Ordinal));
        Assert.All(names.Where(static name => name is not ("packetBuffers" or "time")), static name => Assert.Contains(name, LivePage.Read(), StringComparison.Ordinal));
        Assert.DoesNotContain("innerHTML", LivePage.Read(), StringComparison.Ordinal);
        Assert.DoesNotContain("http://", LivePage.Read(), StringComparison.Ordinal);
        Assert.DoesNotContain("https://", LivePage.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void Packets_OfOthers_AreDecoded_AndTheServersOwnLeftOut()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "packet sockets need root");
        using Socket own = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        own.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        own.Listen();
        int port = ((IPEndPoint)own.LocalEndPoint!).Port;
        using LivePackets packets = new(port);
        _ = packets.Read();
        Assert.True(packets.IsOpen);
        using Socket client = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(own.LocalEndPoint);
        using Socket receiver = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        receiver.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using Socket sender = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        for (int i = 0; i < LivePackets.Kept + 5; i++)
        {
            _ = sender.SendTo(new byte[17], receiver.LocalEndPoint!);
            _ = receiver.Receive(new byte[17]);
        }

        IReadOnlyCollection<string> lines = packets.Read();
        Assert.Equal(LivePackets.Kept, lines.Count);
        string wanted = $" > 127.0.0.1.{((IPEndPoint)receiver.LocalEndPoint!).Port}: UDP, length 17";
        Assert.Contains(lines, line => line.EndsWith(wanted, StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains($".{port}", StringComparison.Ordinal));
        packets.Dispose();
        Assert.False(packets.IsOpen);
    }

    private JsonElement ReadState()
    {
        using HttpServer server = HttpServer.Create(_system, "/", 80)!;
        HttpFile file = server.Find(LivePage.StatePath);
        Assert.Equal((HttpStatus.Ok, "application/json", (long)file.Content!.Length), (file.Status, file.Type, file.Size));
        Assert.Same(file, server.Find(LivePage.StatePath));
        Assert.Equal(LivePage.Read(), Encoding.UTF8.GetString(server.Find(LivePage.Path).Content!));
        return JsonDocument.Parse(file.Content).RootElement;
    }
}
