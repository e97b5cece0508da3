namespace KernelSockets.QemuHarness.Tests;

/// <summary><c>./run</c> as scripts use it: standard input is a pipe, and what it made must be gone when it has ended.</summary>
public sealed class RunScriptTests
{
    private const string Namespace = "/run/netns/ksnet";

    [Fact]
    public async Task Run_WithCommandsOnAPipe_CarriesThemOutAndEndsWithTheGuestsStatus()
    {
        HostProgramResult run = await RunAsync("uname\npoweroff 7\n", "--kernel");
        Assert.Equal(7, run.Status);
        Assert.Contains("\nKernelSockets", run.Output.Replace("\r", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithOptionsForTheKernel_HandsThemOn()
    {
        HostProgramResult run = await RunAsync("poweroff 1\n", "--cmdline", "hostname=a run=\"uname -n; echo x,y\"", "--memory", "128");
        Assert.Equal(1, run.Status);
        Assert.Contains("x,y", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--memory many")]
    [InlineData("--smp 0")]
    [InlineData("--accel fast")]
    [InlineData("--frobnicate")]
    [InlineData("--cmdline")]
    public async Task Run_WithAWrongOption_SaysSoAndStartsNothing(string options)
    {
        HostProgramResult run = await RunAsync(string.Empty, options.Split(' '));
        Assert.Equal(2, run.Status);
        Assert.Contains(options.Split(' ')[0], run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WithADiskThatIsNotThere_MakesItAndKeepsIt()
    {
        string folder = Directory.CreateTempSubdirectory("ks-").FullName;
        string disk = Path.Combine(folder, "a,b disk.img");
        try
        {
            HostProgramResult first = await RunAsync("cp /etc/rc /home/kept\npoweroff 3\n", "--kernel", "--disk", disk);
            Assert.True(first.Status == 3, first.Output);
            Assert.Equal(64 << 20, new FileInfo(disk).Length);
            HostProgramResult second = await RunAsync("cat /home/kept\npoweroff 4\n", "--kernel", "--disk", disk);
            Assert.Equal(4, second.Status);
            Assert.Contains("dhcp unless", second.Output, StringComparison.Ordinal);
            _ = await HostProgram.SucceedAsync("fsck.minix", "-f", disk);
            Assert.Single(Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("/nowhere/disk.img", "there is no folder /nowhere")]
    [InlineData("/", "neither a file nor a block device")]
    [InlineData("/dev/null", "neither a file nor a block device")]
    public async Task Run_WithADiskThatCannotBe_SaysSo(string disk, string complaint)
    {
        HostProgramResult run = await RunAsync(string.Empty, "--kernel", "--disk", disk);
        Assert.Equal(1, run.Status);
        Assert.Contains(complaint, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnTap_PingsAndLeavesNothingBehind()
    {
        NeedOwnNamespace();
        string capture = Path.GetTempFileName();
        try
        {
            HostProgramResult run = await RunAsync("dhclient\nping -c 3 10.77.0.1\npoweroff 0\n", "--tap", "--kernel", "--capture", capture);
            Assert.True(run.Status == 0, run.Output);
            Assert.Contains(" 0% packet loss", run.Output, StringComparison.Ordinal);
            Assert.False(File.Exists(Namespace), "the namespace is still there");
            Assert.True(new FileInfo(capture).Length > 6 * 98, "the capture is empty");
        }
        finally
        {
            File.Delete(capture);
        }
    }

    [Fact]
    public async Task Run_OnTapKilledHard_LeavesNothingBehind()
    {
        NeedOwnNamespace();
        await using ChildProcess run = await ChildProcess.StartAsync(Script, "--no-build", "--tap", "--kernel");
        await run.WaitForOutputAsync("ping it:", Limits.Boot);
        Assert.True(File.Exists(Namespace), run.Output);
        _ = await HostProgram.SucceedAsync("kill", "-KILL", run.Id.ToString());

        // The lock is free again when the janitor has done its work.
        _ = await HostProgram.SucceedAsync("flock", "-w", "30", "/run/kernelsockets/ksnet.lock", "true");
        Assert.False(File.Exists(Namespace), "the namespace is still there");
    }

    private static string Script => Path.Combine(ProjectFiles.Root, "run");

    /// <summary>One test at a time may use the namespace; a person's own ./run --tap comes first.</summary>
    private static void NeedOwnNamespace()
    {
        Requirement.NeedTap();
        Requirement.Need(!File.Exists(Namespace), "the namespace ksnet is in use");
    }

    private static Task<HostProgramResult> RunAsync(string input, params string[] options) =>
        HostProgram.RunAsync("bash", ["-c", "input=$1; shift; printf %s \"$input\" | \"$@\"", "bash", input, Script, "--no-build", .. options]);
}
