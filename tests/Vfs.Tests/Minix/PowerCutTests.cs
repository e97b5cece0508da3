using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Minix;

/// <summary>Whatever write the power goes at, a check mends the image, and what was confirmed is there.</summary>
public sealed class PowerCutTests
{
    private const int Operations = 220;
    private static readonly int s_seed = int.Parse(Environment.GetEnvironmentVariable("KS_CUT_SEED") ?? "41", null);

    public static TheoryData<string> Variants => [.. MinixVariants.All];

    [Theory]
    [MemberData(nameof(Variants))]
    public void CutAtEveryWrite_IsMended_AndKeepsWhatWasConfirmed(string options)
    {
        CrashRun run = new(options, s_seed, Operations);
        foreach ((int writes, byte[] content) in run.Disk.Cuts())
        {
            byte[] image = (byte[])content.Clone();
            string when = $"{options}, seed {s_seed}, cut after {writes} of {run.Disk.Writes} writes";
            OwnChecker.Repair(image, when);
            run.Model.Check(writes, CrashRun.ReadTree(image, when), when);
            if (writes % 97 == 0)
            {
                HostTool.AssertClean(image, when);
            }
        }

        Assert.InRange(run.Disk.Writes, 300, 10_000);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void CutOfADiskThatWritesInAnyOrder_IsMended_AndKeepsWhatWasConfirmed(string options)
    {
        CrashRun run = new(options, s_seed + 1, Operations);
        foreach ((int flushed, int writes, byte[] image) in run.Disk.Disorders(new Random(s_seed), tries: 3))
        {
            string when = $"{options}, seed {s_seed}, some of the writes {flushed} to {writes} of {run.Disk.Writes}";
            OwnChecker.Repair(image, when);
            run.Model.Check(flushed, CrashRun.ReadTree(image, when), when);
        }
    }

    public static TheoryData<string> Scenarios =>
    [
        // Two moves, by whose names before and after the directories would lie in each other.
        "mkdir /a,mkdir /a/b,mkdir /a/b/c,write /a/b/c/f,write /a/g,sync,mv /a/b/c /c,mv /a /c/a",

        // The new parent is seen before the old one, and the other way round.
        "mkdir /q,mkdir /p,mkdir /p/d,write /p/d/f,write /p/g,sync,mv /p/d /q/d",
        "mkdir /p,mkdir /q,mkdir /p/d,write /p/d/f,write /q/g,sync,mv /p/d /q/d",
        "mkdir /q,mkdir /p,mkdir /p/d,write /p/d/f,sync,mv /p/d /q/d,rmdir /p",
        "mkdir /q,mkdir /q/d,mkdir /p,mkdir /p/d,write /p/d/f,sync,mv /p/d /q/d",

        // Names in directories of their own, so that they are written one by one, change their files in a circle.
        "mkdir /d,mkdir /e,write /d/a,write /e/b,sync,mv /d/a /t,mv /e/b /d/a,mv /t /e/b",
        "mkdir /d,mkdir /e,write /e/b,write /d/a,sync,mv /e/b /t,mv /d/a /e/b,mv /t /d/a",
        "mkdir /d,mkdir /e,write /d/a,write /e/b,write /c,sync,mv /d/a /t,mv /e/b /d/a,mv /c /e/b,mv /t /c",
        "write /log,write /log.1,sync,mv /log.1 /log.2,mv /log /log.1,write /log",

        // A file goes over its last old name while it comes over another.
        "mkdir /d,mkdir /e,write /d/a,write /b,write /e/c,sync,ln /d/a /x,mv /x /e/c,mv /b /d/a",
        "mkdir /e,mkdir /d,write /d/a,write /b,write /e/c,sync,ln /d/a /x,mv /x /e/c,mv /b /d/a",
        "write /a,write /b,sync,ln /a /a~,mv /b /a",
        "mkdir /d,write /d/a,write /b,sync,mv /d/a /b,rmdir /d",
    ];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void CutOfAScenario_IsMended_ByEitherTool(string script)
    {
        foreach (string options in new[] { "version=1,names=14", "version=2,names=30", "version=3,names=60" })
        {
            CrashRun run = new(options, script.Split(','));
            foreach ((int writes, byte[] content) in run.Disk.Cuts())
            {
                CheckMended(run, (byte[])content.Clone(), writes, $"{options}, {script}: cut after {writes} of {run.Disk.Writes} writes");
            }

            foreach ((int flushed, int writes, byte[] image) in run.Disk.Disorders(new Random(s_seed), tries: 8))
            {
                CheckMended(run, image, flushed, $"{options}, {script}: some of the writes {flushed} to {writes} of {run.Disk.Writes}");
            }
        }
    }

    private static void CheckMended(CrashRun run, byte[] image, int flushed, string when)
    {
        bool isForHost = !when.StartsWith("version=3", StringComparison.Ordinal) && flushed % 7 == 0;
        byte[] hostImage = isForHost ? HostTool.Repair(image, when) : [];
        OwnChecker.Repair(image, when);
        run.Model.Check(flushed, CrashRun.ReadTree(image, when), when);
        if (isForHost)
        {
            HostTool.AssertClean(hostImage, when);
            run.Model.Check(flushed, CrashRun.ReadTree(hostImage, when), when);

            // What fsck.minix has left is not damaged in a way that it does not see.
            string own = OwnChecker.Run(hostImage, CheckOptions.Force).Output;
            Assert.False(own.Contains("marked not in use", StringComparison.Ordinal), $"{when}:\n{own}");
        }
    }

    /// <summary>Not V3, of which fsck.minix 2.38 writes the tables to a wrong place.</summary>
    [Theory]
    [InlineData("version=1,names=14")]
    [InlineData("version=1,names=30")]
    [InlineData("version=2,names=14")]
    [InlineData("version=2,names=30")]
    public void CutAtAWrite_IsMendedByTheHostsTool(string options)
    {
        CrashRun run = new(options, s_seed + 2, Operations);
        foreach ((int writes, byte[] content) in run.Disk.Cuts())
        {
            if (writes % 29 == 0)
            {
                string when = $"{options}, seed {s_seed}, cut after {writes} of {run.Disk.Writes} writes";
                byte[] mended = HostTool.Repair(content, when);
                HostTool.AssertClean(mended, when);
                run.Model.Check(writes, CrashRun.ReadTree(mended, when), when);
            }
        }
    }

    /// <summary>What the checker finds wrong is what the host's finds; sometimes more, since that one does not look where ".." leads.</summary>
    [Theory]
    [InlineData("version=1,names=14")]
    [InlineData("version=2,names=30")]
    [InlineData("version=3,names=60")]
    public void Complaints_AreThoseOfTheHostsTool(string options)
    {
        CrashRun run = new(options, s_seed + 3, Operations);
        foreach ((int writes, byte[] content) in run.Disk.Cuts())
        {
            if (writes % 61 == 0)
            {
                string own = OwnChecker.Run(content, CheckOptions.Force).Output;
                string[] host = HostTool.Complaints(content);
                string[] missing = [.. host.Except(own.Split('\n'))];

                // A directory with two names has its files counted twice there.
                bool isMoving = own.Contains("has another name", StringComparison.Ordinal);
                Assert.True(missing.Length == 0 || isMoving, $"{options}, cut after {writes}: only the host's tool says\n{string.Join('\n', missing)}\nand we\n{own}");
            }
        }
    }
}
