using System.Net;
using System.Net.Sockets;
using KernelSockets.AgentScripts;
using KernelSockets.UserApps.Network.SocketAgent;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.SocketAgent;

/// <summary>The agent on Linux: what the script says Linux answers, it does.</summary>
public sealed class SockagentTests
{
    private static readonly string s_script = Path.Combine(AppContext.BaseDirectory, "Transcripts", "agent.txt");

    [Fact]
    public async Task Script_OnLinux_GivesTheAnswersItHolds()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "raw and packet sockets need root");
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Thread agent = new(() => Assert.Throws<SocketException>(() => Sockagent.Serve(socket))) { IsBackground = true };
        agent.Start();
        using UdpClient client = new();
        client.Connect((IPEndPoint)socket.LocalEndPoint!);
        AgentScript script = new(request => ExchangeAsync(client, request));
        string[] expected = await File.ReadAllLinesAsync(s_script, TestContext.Current.CancellationToken);
        List<string> actual = [];
        foreach (string line in expected)
        {
            actual.Add(await script.RunAsync(line));
        }

        string? record = Environment.GetEnvironmentVariable("RECORD_AGENT_SCRIPT");
        if (record is not null)
        {
            await File.WriteAllLinesAsync(record, actual, TestContext.Current.CancellationToken);
        }

        Assert.All(expected.Zip(actual), pair => Assert.True(AgentScript.Matches(pair.First, pair.Second), $"expected {pair.First}\nactual   {pair.Second}"));
        socket.Close();
        agent.Join();
    }

    private static async Task<byte[]?> ExchangeAsync(UdpClient client, byte[] request)
    {
        await client.SendAsync(request);
        return (await client.ReceiveAsync()).Buffer;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(59)]
    [InlineData(61)]
    [InlineData(600)]
    public void Datagram_OfAnotherLength_IsNoRequest(int length) => Assert.Null(AgentRequest.TryParse(new byte[length]));

    [Theory]
    [InlineData("sockagent x")]
    [InlineData("sockagent -p 0")]
    [InlineData("sockagent -z")]
    public void Misuse_IsStatus2(string line)
    {
        FakeSystem system = new();
        Assert.NotEmpty(system.Run(line));
        Assert.Equal(2, system.Shell.LastStatus);
    }
}
