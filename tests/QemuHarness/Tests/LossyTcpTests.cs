using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>TCP of the booted kernel with Linux's own at the other end of a wire that loses, repeats and reorders frames. The seed is in the failure's message.</summary>
public sealed class LossyTcpTests : IDisposable
{
    private const int Size = 6_000_000;
    private const int Lines = 800_000; // of seq, 5.5 MB

    private readonly string _directory = Directory.CreateTempSubdirectory("ks-loss-").FullName;
    private readonly string _seed = Random.Shared.Next().ToString(CultureInfo.InvariantCulture);

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Stream_ToTheGuest_ArrivesWhole()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        byte[] data = RandomNumberGenerator.GetBytes(Size);
        string path = Path.Combine(_directory, "data");
        await File.WriteAllBytesAsync(path, data, TestContext.Current.CancellationToken);
        await using ChildProcess wire = await StartWireAsync(network);
        int from = await guest.Shell.StartAsync("nc -l -p 5001 | sha256sum");
        await Eventually.TrueAsync(
            async () => (await network.RunAsync("sh", "-c", $"nc -n -N -w 50 {QemuOptions.GuestAddress} 5001 <{path}")).Status == 0, "the guest takes the data", Limits.Command);
        string output = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
        Assert.True(output.Contains(Convert.ToHexStringLower(SHA256.HashData(data)), StringComparison.Ordinal), $"seed {_seed}: {output}");
        await AssertFaultyAsync(wire);
    }

    [Fact]
    public async Task Stream_FromTheGuest_ArrivesWhole()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        byte[] sent = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, Lines).Select(static line => string.Create(CultureInfo.InvariantCulture, $"{line}\n"))));
        string path = Path.Combine(_directory, "data");
        await using ChildProcess wire = await StartWireAsync(network);
        await using ChildProcess listener = await network.StartAsync("sh", "-c", $"nc -n -v -l -p 5001 >{path}");
        await listener.WaitForOutputAsync("Listening on", Limits.HostProgram);
        _ = (await guest.Shell.RunAsync($"seq {Lines} | nc -N 10.77.0.1 5001")).Succeeded();
        Assert.Equal(0, await listener.WaitForExitAsync(Limits.Command));
        byte[] received = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        Assert.True(received.Length == sent.Length, $"seed {_seed}: {received.Length} bytes came instead of {sent.Length}");
        Assert.True(SHA256.HashData(received).SequenceEqual(SHA256.HashData(sent)), $"seed {_seed}: other bytes came");
        await AssertFaultyAsync(wire);
        Assert.DoesNotMatch(@"(?m)^    0 segments retransmitted\r?$", (await guest.Shell.RunAsync("netstat -st")).Succeeded().Output);
    }

    private Task<ChildProcess> StartWireAsync(TapNetwork network) =>
        network.StartFaultyWireAsync("--seed", _seed, "--loss", "5", "--reorder", "5", "--duplicate", "1");

    private static async Task<QemuGuest> BootAsync(TapNetwork network)
    {
        QemuGuest guest = await QemuGuest.BootAsync(nameof(LossyTcpTests), network.Attach(new QemuOptions { FirmwareOptions = QemuOptions.AddressOptions }));
        await Eventually.TrueAsync(
            async () => (await network.RunAsync("ping", "-c", "1", "-W", "1", QemuOptions.GuestAddress)).Status == 0, "the guest answers", Limits.Command);
        return guest;
    }

    /// <summary>The wire has carried the data, and has done to them what it was told to.</summary>
    private static async Task AssertFaultyAsync(ChildProcess wire)
    {
        await wire.InterruptAsync();
        Assert.DoesNotMatch("to the guest: [0-9]{1,2} frames|from the guest: [0-9]{1,2} frames", wire.Output);
        Assert.DoesNotMatch(" 0 (lost|reordered)", wire.Output);
        Assert.DoesNotMatch("(?s) 0 duplicated.* 0 duplicated", wire.Output); // of a few hundred acknowledgements it may have been none
    }
}
