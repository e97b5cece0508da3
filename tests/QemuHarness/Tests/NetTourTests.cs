namespace KernelSockets.QemuHarness.Tests;

/// <summary>HttpClient, HttpListener, TcpListener, TcpClient and NetworkStream on the booted kernel.</summary>
public sealed class NetTourTests(PlainGuest shared) : SharedGuestTests<PlainGuest>(shared)
{
    [Fact]
    public async Task NetTour_PrintsWhatItPrintsOnLinux_TwoAtOnceAsWell_AndLeavesNothing()
    {
        string[] expected = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Transcripts", "nettour.txt"), TestContext.Current.CancellationToken);
        Assert.Equal(expected, (await Shell.RunAsync("nettour")).Succeeded().Lines);
        ShellResult two = (await Shell.RunAsync("nettour >/tmp/first & nettour >/tmp/second; wait; cat /tmp/first /tmp/second; rm /tmp/first /tmp/second")).Succeeded();
        Assert.Equal([.. expected, .. expected], two.Lines.Where(static line => !line.StartsWith('[')));
        Assert.DoesNotContain("ESTAB", (await Shell.RunAsync("ss -tH")).Output, StringComparison.Ordinal);
        Assert.Empty((await Shell.RunAsync("ss -tlH")).Lines);
    }
}
