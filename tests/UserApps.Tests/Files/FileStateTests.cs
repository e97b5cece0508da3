namespace KernelSockets.UserApps.Tests.Files;

/// <summary>The commands that tell and set what is known of files, beside the host's own.</summary>
public sealed class FileStateTests : IDisposable
{
    private readonly HostTree _tree = new();

    [Theory]
    [InlineData("stat TREE/one")]
    [InlineData("stat TREE/one TREE/d TREE/link TREE/pipe TREE/empty TREE/missing")]
    [InlineData("stat -L TREE/link TREE/dlink")]
    [InlineData("stat -L TREE/broken")]
    [InlineData("stat -L TREE/loop")]
    [InlineData("stat /dev/null")]
    [InlineData("stat -t TREE/one TREE/link")]
    [InlineData("stat -c '%a %A %b %B %d %D %f %F %g %G %h %i' TREE/one TREE/d TREE/link TREE/pipe /dev/null")]
    [InlineData("stat -c '%n %N %o %s %t %T %u %U %w %W %x %X %y %Y %z %Z %%' TREE/one TREE/link /dev/null")]
    [InlineData("stat -c '[%5s] [%-8s] [%08s] [%.2a]' TREE/one")]
    [InlineData("stat -c %m TREE/one")]
    [InlineData("stat --printf='%s\\n%n\\t' TREE/one")]
    [InlineData("stat TREE/one/x")]
    [InlineData("stat")]
    [InlineData("df TREE/missing")]
    [InlineData("du -k TREE", true)]
    [InlineData("du -a TREE/d/deep TREE/hollow")]
    [InlineData("du -sh TREE")]
    [InlineData("du -hs TREE/d TREE/one TREE/big")]
    [InlineData("du -d 1 TREE", true)]
    [InlineData("du -d 0 TREE/d/")]
    [InlineData("du -ab TREE/d/deep", true)]
    [InlineData("du -c TREE/one TREE/d/hard TREE/d/two")]
    [InlineData("du TREE/missing TREE/one", true)]
    [InlineData("du -d x TREE")]
    [InlineData("sync TREE/one TREE/missing")]
    public void Command_TellsWhatTheHostsTells(string line, bool inAnyOrder = false) => _tree.AssertPrintsAlike(line, inAnyOrder);

    [Theory]
    [InlineData("df -k TREE")]
    [InlineData("df -T TREE/one")]
    [InlineData("df -h TREE TREE/d")]
    [InlineData("df -i TREE")]
    public void DiskFree_TellsWhatTheHostsTells(string line) => _tree.AssertPrintsAlike(line, attempts: 100); // others use the disk, too

    [Theory]
    [InlineData("touch -d '2001-02-03 04:05:06' TREE/one TREE/new")]
    [InlineData("touch -d '2001-02-03 04:05:06.789' TREE/one")]
    [InlineData("touch -d 2001-02-03T04:05:06Z TREE/one")]
    [InlineData("touch -d '2001-02-03 04:05:06 +0200' TREE/one")]
    [InlineData("touch -d 2001-02-03 TREE/d")]
    [InlineData("touch -d @1000000000 TREE/link")]
    [InlineData("touch -d @-1.5 TREE/one")]
    [InlineData("touch -h -d @1000000000 TREE/link TREE/broken")]
    [InlineData("touch -a -d @1000000000 TREE/one")]
    [InlineData("touch -m -d @1000000000 TREE/one")]
    [InlineData("touch -t 200102030405.06 TREE/one")]
    [InlineData("touch -t 7102030405 TREE/one")]
    [InlineData("touch -t 0102030405 TREE/one")]
    [InlineData("touch -r TREE/big TREE/one")]
    [InlineData("touch -r TREE/missing TREE/one")]
    [InlineData("touch -c TREE/none")]
    [InlineData("touch -d nonsense TREE/one")]
    [InlineData("touch -t 20010203 TREE/missing/x")]
    [InlineData("touch -t 20019903040506 TREE/one")]
    [InlineData("touch -d @1 TREE/missing/x")]
    [InlineData("touch -d @1 TREE/one/x")]
    [InlineData("touch -d @1 TREE/loop")]
    [InlineData("touch -d @1 TREE/pipe")]
    [InlineData("touch")]
    public void Touch_SetsTheTimesThatTheHostsSets(string line) => _tree.AssertDoesAlike(line + "; touch -d @1 TREE/d TREE/hollow", withTimes: line.Contains("TREE/one", StringComparison.Ordinal));

    [Fact]
    public void Touch_WithoutATime_TakesNow()
    {
        string tree = _tree.MakeTree("now");
        DateTime before = DateTime.UtcNow.AddSeconds(-1);
        Assert.Equal("", _tree.RunOurs("touch TREE/one TREE/new", tree));
        Assert.InRange(File.GetLastWriteTimeUtc(Path.Combine(tree, "one")), before, DateTime.UtcNow.AddSeconds(1));
        Assert.Equal(0, new FileInfo(Path.Combine(tree, "new")).Length);
    }

    [Theory]
    [InlineData("mount -o bogus a TREE/d", "mount: unsupported option 'bogus'")]
    [InlineData("mount -t nosuchfs none TREE/d", "mount: TREE/d: unknown filesystem type 'nosuchfs'.")]
    [InlineData("mount -t tmpfs none TREE/missing", "mount: TREE/missing: mount point does not exist.")]
    [InlineData("mount one", "mount: bad usage")]
    [InlineData("umount", "umount: bad usage")]
    [InlineData("umount TREE/d", "umount: TREE/d: not mounted.")]
    [InlineData("umount TREE/missing", "umount: TREE/missing: no mount point specified.")]
    public void Mount_OfWhatCannotBe_IsRefused(string line, string expected)
    {
        string tree = _tree.MakeTree("mounts");
        string output = _tree.RunOurs(line, tree).Replace(tree, "TREE", StringComparison.Ordinal);
        bool isForbidden = output.Contains("not permitted", StringComparison.Ordinal); // the tests need not run as root
        Assert.True(isForbidden || output.Split('\n')[0] == expected, output);
        Assert.NotEqual(0, _tree.LastStatus);
    }

    public void Dispose() => _tree.Dispose();
}
