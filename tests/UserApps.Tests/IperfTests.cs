using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using KernelSockets.UserApps.Network.Iperf;
using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests;

/// <summary>iperf3 with the host's own at the other end, over Linux's loopback interface.</summary>
/// <remarks>
/// Without -b, more is sent than sockets hold: iperf3 counts what its server has read when the client says that all is sent, and that may be nothing of
/// what fits into them.
/// </remarks>
public sealed partial class IperfTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("-n 30M")]
    [InlineData("-n 30M -R")]
    [InlineData("-n 30M -P 3")]
    [InlineData("-n 30M -P 3 -R")]
    [InlineData("-n 20M -l 1000 -N")]
    [InlineData("-n 200K -b 8M")]
    [InlineData("-t 1 -i 0.5")]
    [InlineData("-u -n 200K -b 10M")]
    [InlineData("-u -n 200K -b 10M -R")]
    [InlineData("-u -n 200K -b 10M -P 2 -l 1000")]
    [InlineData("-u -t 1")]
    public async Task Client_WithIperf3AsServer_MeasuresWhatItMeasures(string options)
    {
        int port = HostPort.Free();
        using Process server = Start("-s", "-1", "-J", "-p", $"{port}");
        await ListensAsync(port);
        (int status, string output, string errors) = Ours([.. $"-c 127.0.0.1 -p {port} {options}".Split(' ')]);
        string json = await server.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Equal((0, string.Empty), (status, errors));
        Assert.EndsWith("\niperf Done.\n", output, StringComparison.Ordinal);
        JsonElement end = JsonDocument.Parse(json).RootElement.GetProperty("end");
        string sum = options.Contains("-u", StringComparison.Ordinal) ? "sum" : options.Contains("-R", StringComparison.Ordinal) ? "sum_sent" : "sum_received";
        string figure = options.Contains("-u", StringComparison.Ordinal) ? "packets" : "bytes";
        Assert.True(end.GetProperty(sum).GetProperty(figure).GetInt64() > 0, json);
        Assert.Matches(SenderLine(), output);
        Assert.Matches(ReceiverLine(), output);
    }

    [Theory]
    [InlineData("-n 30M")]
    [InlineData("-n 30M -R")]
    [InlineData("-n 30M -P 3")]
    [InlineData("-n 30M -P 3 -R")]
    [InlineData("-t 1 -O 1")]
    [InlineData("-u -n 200K -b 10M")]
    [InlineData("-u -n 200K -b 10M -R")]
    [InlineData("-u -n 200K -b 10M -P 2 -l 1000 --udp-counters-64bit")]
    public async Task Server_WithIperf3AsClient_IsUnderstood(string options)
    {
        int port = HostPort.Free();
        Task<(int Status, string Output, string Errors)> server = Task.Run(() => Ours("-s", "-1", "-p", $"{port}"), TestContext.Current.CancellationToken);
        await ListensAsync(port);
        using Process client = Start([.. $"-J -c 127.0.0.1 -p {port} {options}".Split(' ')]);
        string json = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        (int status, string output, string errors) = await server.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        JsonElement all = JsonDocument.Parse(json).RootElement;
        Assert.False(all.TryGetProperty("error", out JsonElement error), $"{error}\nours: {output}{errors}");
        JsonElement end = all.GetProperty("end");
        long received = end.GetProperty(options.StartsWith("-u", StringComparison.Ordinal) ? "sum" : "sum_received").GetProperty("bytes").GetInt64();
        Assert.True(received > 0, json);
        Assert.Equal((0, string.Empty), (status, errors));
        Assert.Contains("connected to 127.0.0.1 port ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerAndClient_BothOurs_AgreeOnEveryByte()
    {
        int port = HostPort.Free();
        Task<(int Status, string Output, string Errors)> server = Task.Run(() => Ours("-s", "-1", "-i", "0", "-p", $"{port}"), TestContext.Current.CancellationToken);
        await ListensAsync(port);
        (int status, string output, _) = Ours("-c", "127.0.0.1", "-p", $"{port}", "-u", "-n", "1000000", "-l", "1000", "-b", "20M", "-i", "0");
        Assert.Equal(0, status);
        Assert.Equal(0, (await server.WaitAsync(s_limit, TestContext.Current.CancellationToken)).Status);
        Assert.Matches(@"0/1000 \(0%\) +sender", output);
        Assert.Matches(@"(?m)/(1000|99[0-9]) \(.*receiver$", output);
    }

    [Fact]
    public async Task Server_BadClients_AreToldAndTheNextOneIsServed()
    {
        int port = HostPort.Free();
        Task<(int Status, string Output, string Errors)> server = Task.Run(() => Ours("-s", "-p", $"{port}"), TestContext.Current.CancellationToken);
        await ListensAsync(port);
        byte[] cookie = Encoding.ASCII.GetBytes("abcdefghijklmnopqrstuvwxyz2345671234\0");
        Assert.Equal([], Talk(port, []));
        Assert.Equal([], Talk(port, cookie[..20]));
        Assert.Equal([9, 0xFE, 0, 0, 0, 13, 0, 0, 0, 0], Talk(port, cookie));
        Assert.Equal([9, 0xFE, 0, 0, 0, 13, 0, 0, 0, 0], Talk(port, [.. cookie, 0xFF, 0xFF, 0xFF, 0xFF]));
        foreach (string json in (string[])["", "x", "[]", "{", "{\"parallel\":0}", "{\"parallel\":129}", "{\"len\":-1}", "{\"len\":1e99}", "{\"time\":\"x\"}", "{\"bidirectional\":true}", "{\"udp\":true,\"len\":1}"])
        {
            Assert.Equal([9, 0xFE, 0, 0, 0, 13, 0, 0, 0, 0], Talk(port, [.. cookie, .. Framed(json)]));
        }

        Assert.Equal([9, 10], Talk(port, [.. cookie, .. Framed("{\"tcp\":true,\"parallel\":1,\"len\":1000}"), 12]));
        using Process client = Start("-J", "-c", "127.0.0.1", "-p", $"{port}", "-n", "1M");
        string output = await client.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.False(JsonDocument.Parse(output).RootElement.TryGetProperty("error", out _), output);
        Assert.False(server.IsCompleted);
    }

    [Fact]
    public async Task Server_Busy_DeniesOthers()
    {
        int port = HostPort.Free();
        Task<(int Status, string Output, string Errors)> server = Task.Run(() => Ours("-s", "-1", "-p", $"{port}"), TestContext.Current.CancellationToken);
        await ListensAsync(port);
        using Process first = Start("-c", "127.0.0.1", "-p", $"{port}", "-t", "60", "--forceflush");
        while (await first.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.Contains("connected to", StringComparison.Ordinal))
        {
        }

        (int status, _, string errors) = Ours("-c", "127.0.0.1", "-p", $"{port}");
        Assert.Equal((1, "iperf3: error - the server is busy running a test. try again later\n"), (status, errors));
        first.Kill();
        (status, _, errors) = await server.WaitAsync(s_limit, TestContext.Current.CancellationToken);
        Assert.Equal("iperf3: error - the client has unexpectedly closed the connection\n", errors);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-s -c 127.0.0.1")]
    [InlineData("-c 127.0.0.1 -p 70000")]
    [InlineData("-c 127.0.0.1 -P 0")]
    [InlineData("-c 127.0.0.1 -l 2M")]
    [InlineData("-c 127.0.0.1 -u -l 70000")]
    [InlineData("-c 127.0.0.1 -b x")]
    [InlineData("-c 127.0.0.1 -i 0.01")]
    [InlineData("-c 127.0.0.1 -1")]
    [InlineData("-c 127.0.0.1 -q")]
    [InlineData("-c nowhere.invalid")]
    [InlineData("-c 127.0.0.1 -p 1")]
    public void Misuse_IsTold(string line)
    {
        (int status, _, string errors) = Ours(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, status);
        Assert.StartsWith("iperf3: ", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0.00 Bytes")]
    [InlineData(999, " 999 Bytes")]
    [InlineData(1024, "1.00 KBytes")]
    [InlineData(131_072, " 128 KBytes")]
    [InlineData(117_440_512, " 112 MBytes")]
    [InlineData(1.18e9, "1.10 GBytes")]
    public void Sizes_HaveFourPlaces(double bytes, string expected) => Assert.Equal(expected, IperfReport.Size(bytes));

    [Theory]
    [InlineData(942_000_000, " 942 Mbits")]
    [InlineData(1_048_576, "1.05 Mbits")]
    [InlineData(10_500, "10.5 Kbits")]
    public void Rates_HaveFourPlaces(double bits, string expected) => Assert.Equal(expected, IperfReport.Rate(bits));

    [Fact]
    public void UdpMeter_LossReorderingAndJitter_AreAsInIperf3()
    {
        UdpMeter meter = new();
        TimeSpan at = TimeSpan.FromSeconds(100);
        foreach ((long number, int delay) in (ReadOnlySpan<(long, int)>)[(1, 10), (2, 10), (5, 10), (4, 10), (6, 26)])
        {
            meter.Take(number, at, at + TimeSpan.FromMilliseconds(delay));
        }

        Assert.Equal((6, 1, 1), (meter.Packets, meter.Lost, meter.Reordered));
        Assert.Equal(0.001, meter.Jitter, 6);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UdpBlock_WrittenAndRead_IsTheSame(bool isLong)
    {
        byte[] block = new byte[16];
        UdpBlock.Write(block, TimeSpan.FromMicroseconds(1_764_000_000_123_456), 77, isLong);
        Assert.True(UdpBlock.TryRead(block, isLong, out TimeSpan time, out long number));
        Assert.Equal((TimeSpan.FromMicroseconds(1_764_000_000_123_456), 77), (time, number));
        Assert.False(UdpBlock.TryRead(block.AsSpan(0, 11), isLong, out _, out _));
    }

    private static (int Status, string Output, string Errors) Ours(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter errors = new();
        int status = new JobConsole(TextReader.Null, output, errors).Run(IperfCommand.Main, arguments);
        return (status, output.ToString(), errors.ToString().Split('\n')[0] is { Length: > 0 } first ? first + "\n" : string.Empty);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("iperf3", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Until somebody listens; Linux tells, without a connection that would count as a client.</summary>
    private static async Task ListensAsync(int port)
    {
        string wanted = string.Create(CultureInfo.InvariantCulture, $":{port:X4} ");
        while (!File.ReadLines("/proc/net/tcp").Concat(File.ReadLines("/proc/net/tcp6")).Any(line => line.Contains(wanted, StringComparison.Ordinal) && line.Contains(" 0A ", StringComparison.Ordinal)))
        {
            await Task.Yield();
        }
    }

    /// <summary>Sends, and reads to the end.</summary>
    private static byte[] Talk(int port, byte[] data)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.ReceiveTimeout = (int)s_limit.TotalMilliseconds;
        socket.Connect(IPAddress.Loopback, port);
        _ = socket.Send(data);
        socket.Shutdown(SocketShutdown.Send);
        using MemoryStream all = new();
        byte[] buffer = new byte[1000];
        try
        {
            for (int count = socket.Receive(buffer); count > 0; count = socket.Receive(buffer))
            {
                all.Write(buffer, 0, count);
            }
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            // It was closed with something unread.
        }

        return all.ToArray();
    }

    private static byte[] Framed(string json)
    {
        byte[] message = new byte[4 + json.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, json.Length);
        Encoding.ASCII.GetBytes(json, message.AsSpan(4));
        return message;
    }

    [GeneratedRegex(@"(?m)^\[ *(\d+|SUM)\]   0\.00-\d+\.\d\d *sec +[\d.]+ \w*Bytes +[\d.]+ \w*bits/sec .*sender$")]
    private static partial Regex SenderLine();

    [GeneratedRegex(@"(?m)^\[ *(\d+|SUM)\]   0\.00-\d+\.\d\d *sec +[\d.]+ \w*Bytes +[\d.]+ \w*bits/sec .*receiver$")]
    private static partial Regex ReceiverLine();
}
