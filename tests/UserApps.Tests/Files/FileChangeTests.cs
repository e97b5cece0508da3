namespace KernelSockets.UserApps.Tests.Files;

/// <summary>The commands that change permissions, owners, links and nodes, and that copy and move, beside the host's own.</summary>
public sealed class FileChangeTests : IDisposable
{
    private readonly HostTree _tree = new();

    [Theory]
    [InlineData("chmod 600 TREE/one")]
    [InlineData("chmod 0 TREE/one TREE/empty TREE/missing")]
    [InlineData("chmod 7777 TREE/one")]
    [InlineData("chmod 17777 TREE/one")]
    [InlineData("chmod 8 TREE/one")]
    [InlineData("chmod 2750 TREE/d; chmod 755 TREE/d")]
    [InlineData("chmod 2750 TREE/d; chmod 00755 TREE/d")]
    [InlineData("chmod u+x,g-r,o=rw TREE/one")]
    [InlineData("chmod a=rX TREE/one TREE/d")]
    [InlineData("chmod +x TREE/one")]
    [InlineData("chmod -r TREE/one")]
    [InlineData("chmod -w,+x TREE/one")]
    [InlineData("chmod go-rwx TREE/one")]
    [InlineData("chmod g=u,o=g TREE/d/two")]
    [InlineData("chmod u=g+w TREE/d/two")]
    [InlineData("chmod ug+s,+t TREE/one TREE/d")]
    [InlineData("chmod a+s TREE/one; chmod a= TREE/one")]
    [InlineData("chmod g+s TREE/d; chmod g=rx TREE/d; chmod u=rwx,g-s TREE/d")]
    [InlineData("chmod = TREE/one")]
    [InlineData("chmod u+ TREE/one")]
    [InlineData("chmod u TREE/one")]
    [InlineData("chmod u+q TREE/one")]
    [InlineData("chmod '' TREE/one")]
    [InlineData("chmod -R go-rx,u+X TREE/d")]
    [InlineData("chmod -R 700 TREE")]
    [InlineData("chmod -Rv u=rwX,go= TREE/d/deep")]
    [InlineData("chmod -v 644 TREE/one; chmod -v 640 TREE/one")]
    [InlineData("chmod -f 644 TREE/missing")]
    [InlineData("chmod 640 TREE/link TREE/dlink")]
    [InlineData("chmod 640 TREE/broken")]
    [InlineData("chmod 640 TREE/loop")]
    [InlineData("chmod 640")]
    [InlineData("chmod")]
    [InlineData("chown nosuchuser TREE/one")]
    [InlineData("chown :nosuchgroup TREE/one")]
    [InlineData("chown 0 TREE/missing")]
    [InlineData("chown 0:0 TREE/broken")]
    [InlineData("chown 0")]
    [InlineData("chown")]
    [InlineData("mkfifo TREE/f1 TREE/f2")]
    [InlineData("mkfifo -m 600 TREE/f1")]
    [InlineData("mkfifo -m a+x TREE/f1")]
    [InlineData("mkfifo -m bad TREE/f1")]
    [InlineData("mkfifo TREE/one TREE/missing/f")]
    [InlineData("mkfifo")]
    [InlineData("mknod TREE/f1 p")]
    [InlineData("mknod -m 622 TREE/f1 p")]
    [InlineData("mknod TREE/one p")]
    [InlineData("mknod TREE/f1 x")]
    [InlineData("mknod TREE/f1 x 1 2")]
    [InlineData("mknod TREE/f1 c 1")]
    [InlineData("mknod TREE/f1 c 1 x")]
    [InlineData("mknod TREE/f1 p 1 2")]
    [InlineData("mknod TREE/f1")]
    [InlineData("mknod")]
    [InlineData("ln TREE/one TREE/new")]
    [InlineData("ln -v TREE/one TREE/empty TREE/hollow")]
    [InlineData("ln TREE/link TREE/new")]
    [InlineData("ln TREE/one TREE/empty")]
    [InlineData("ln -f TREE/one TREE/empty")]
    [InlineData("ln TREE/d TREE/new")]
    [InlineData("ln TREE/missing TREE/new")]
    [InlineData("ln -s one TREE/new")]
    [InlineData("ln -sv nowhere TREE/new")]
    [InlineData("ln -s one TREE/empty")]
    [InlineData("ln -sf one TREE/empty")]
    [InlineData("ln -s one TREE/dlink")]
    [InlineData("ln -sfn one TREE/dlink")]
    [InlineData("mv TREE/one TREE/one")]
    [InlineData("mv TREE/d TREE/d/deep")]
    [InlineData("mv TREE/one TREE/hollow TREE/d")]
    [InlineData("mv TREE/d TREE/one")]
    [InlineData("mv TREE/loop TREE/hollow")]
    [InlineData("mv TREE/pipe TREE/hollow")]
    [InlineData("cp -n TREE/one TREE/empty")]
    [InlineData("cp -P TREE/link TREE/new")]
    [InlineData("cp TREE/link TREE/new")]
    [InlineData("cp TREE/broken TREE/new")]
    [InlineData("cp TREE/d/two TREE/d/hard")]
    [InlineData("cp -r TREE/d TREE/one")]
    [InlineData("cp -r TREE/pipe TREE/new")]
    [InlineData("cp TREE/one TREE/missing/new")]
    public void Command_DoesWhatTheHostsDoes(string line) => _tree.AssertDoesAlike(line);

    [Theory]
    [InlineData("cp -p TREE/one TREE/new")]
    [InlineData("cp -a TREE/d TREE/new")]
    [InlineData("cp -av TREE/d TREE/link TREE/pipe TREE/hollow")]
    [InlineData("cp -rp TREE/d/deep TREE/new")]
    [InlineData("cp -a TREE/one TREE/empty")]
    public void Copy_ThatKeepsTimes_KeepsThem(string line) => _tree.AssertDoesAlike(line, withTimes: true);

    [Theory]
    [InlineData("readlink TREE/link TREE/one TREE/dlink TREE/missing")]
    [InlineData("readlink -v TREE/one TREE/missing")]
    [InlineData("readlink -f TREE/link TREE/dlink/two TREE/new TREE/missing/new TREE/broken TREE/loop")]
    [InlineData("readlink -e TREE/link TREE/broken TREE/new")]
    [InlineData("readlink -m TREE/missing/new/../x TREE/one/x")]
    [InlineData("readlink -n TREE/link")]
    [InlineData("readlink -n TREE/link TREE/dlink")]
    [InlineData("readlink")]
    [InlineData("realpath TREE/link TREE/dlink/../d/./two TREE/new")]
    [InlineData("realpath TREE/missing/new TREE/loop TREE/one/x TREE/one/")]
    [InlineData("realpath -e TREE/broken TREE/one")]
    [InlineData("realpath -m TREE/missing/new")]
    [InlineData("realpath -q TREE/missing/new")]
    [InlineData("realpath -s TREE/dlink/../link")]
    [InlineData("realpath ''")]
    [InlineData("realpath / /. /..")]
    [InlineData("realpath")]
    [InlineData("mktemp TREE/x.XX")]
    [InlineData("mktemp TREE/missing/x.XXXX")]
    [InlineData("mktemp -d TREE/missing/x.XXXX")]
    [InlineData("mktemp -q TREE/missing/x.XXXX")]
    [InlineData("mktemp a b")]
    public void Command_PrintsWhatTheHostsPrints(string line) => _tree.AssertPrintsAlike(line, inAnyOrder: true);

    [Fact]
    public void Copy_IntoItself_IsRefusedBeforeAnythingIsMade()
    {
        string tree = _tree.MakeTree("itself");
        Assert.Equal($"cp: cannot copy a directory, '{tree}/d', into itself, '{tree}/dlink/x'\n", _tree.RunOurs("cp -r TREE/d TREE/dlink/x", tree));
        Assert.Equal(1, _tree.LastStatus);
        Assert.False(Path.Exists(Path.Combine(tree, "d", "x")));
    }

    [Fact]
    public void TemporaryFile_IsNewAndPrivate()
    {
        string tree = _tree.MakeTree("temporary");
        string file = _tree.RunOurs("mktemp TREE/t.XXXXXX.txt", tree).Trim();
        string directory = _tree.RunOurs("mktemp -d -p TREE", tree).Trim();
        string none = _tree.RunOurs("mktemp -u TREE/t.XXXXXX", tree).Trim();
        Assert.Matches(@"/t\.[A-Za-z0-9]{6}\.txt$", file);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        Assert.StartsWith(tree + "/tmp.", directory, StringComparison.Ordinal);
        Assert.False(Path.Exists(none));
    }

    public void Dispose() => _tree.Dispose();
}
