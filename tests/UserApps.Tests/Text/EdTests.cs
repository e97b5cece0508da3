using System.Text;
using KernelSockets.UserApps.Text.Ed;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>ed beside GNU ed: the same commands on the same file print the same and leave the same.</summary>
public sealed class EdTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("ed").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("H\n9p\nh\nq\n")]
    [InlineData("p\nn\nl\n1p\n,p\n,n\n%p\n;p\n2;p\nq\n")]
    [InlineData("1\n\n\n\n\nq\n")]
    [InlineData("2a\nA\nB\n.\n.p\n0a\ntop\n.\n,n\nw\nq\n")]
    [InlineData("2i\nA\n.\n$a\nZ\n.\n1c\nC\n.\n,n\nwq\n")]
    [InlineData("1a\n.\n.p\n0i\nx\n.\n,p\nQ\n")]
    [InlineData("1,2d\nu\nu\n.=\n=\n,p\nu\nq\nq\n")]
    [InlineData("2d\n.p\n$d\n.p\n1d\n=\nQ\n")]
    [InlineData("1m$\n.=\n,p\n2t0\n.=\n,p\n1,2j\n,p\nw\nq\n")]
    [InlineData("1,3m2\n1m\n1t9\n1j\n1,3j\np\nwq\n")]
    [InlineData("$m$\nu\nq\n2m1\n.p\nq\n")]
    [InlineData("1,2t$\n,p\n4,5m0\n,p\n.=\nQ\n")]
    [InlineData("H\ns/x/y/\n/th/p\n//\n?o?\ns//Q/gp\ns\n,p\nQ\n")]
    [InlineData("g/o/s/o/0/\\\na\\\nnew\\\n.\n,p\nv/0/d\n,p\nw\nq\n")]
    [InlineData("1s/n/\\\n/p\n,n\nw\nq\n")]
    [InlineData("1,2s/\\(o\\)/<\\1&>/g\n,p\nu\n,n\n1l\nQ\n")]
    [InlineData("1s/o/\\&x\\\\/\np\n1s/e/[%]/p\nQ\n")]
    [InlineData("1s/e/E\n2s/o/O/n\n3s/e/E/2p\n3s/E/x/gl\nQ\n")]
    [InlineData("1s/o/1/\ns/t/%/p\n2s/w/%/p\nQ\n")]
    [InlineData("1s;n;N;p\n2s|t\\|w|X|gp\n3s,[/,],Y,\nQ\n")]
    [InlineData("1s/\\n/x/\n1s/a\n1s x y \nq\n")]
    [InlineData(",s/[aeiou]/*/2\n,p\n,s/e/#/g2\n,p\nQ\n")]
    [InlineData("g/o/p\ng/t/m0\n,p\ng/./s/$/!/\n,p\nu\n,p\nQ\n")]
    [InlineData("g/o/g/x/p\ng/[/p\ng/zz/p\nv/o/n\nq\n")]
    [InlineData("g/o/\ng//n\n1,2g/e/l\nq\n")]
    [InlineData("g/e/d\n=\n,p\nu\n,p\nQ\n")]
    [InlineData("1ka\n2kb\n'a,'bp\n3d\n'bp\n2d\n'b\n'z\nkA\n1k\nQ\n")]
    [InlineData("1ka\n1m$\n'a=\nu\n'a=\nQ\n")]
    [InlineData("+p\n-p\n-p\n$-1p\n1+1p\n2-p\n++\n.+2p\n/two/+1p\n/one/-1\nq\n")]
    [InlineData("5,1p\n1;+1p\n1,p\n,2p\n1,2,3p\n3;1p\nq\n")]
    [InlineData("1z2\nz\n1z1n\nz9\nq\n")]
    [InlineData("xx\n1xx\n1,2pn\n1pq\n1!\n5q\n1Q\n2h\nq\n")]
    [InlineData("# comment\n1p # x\nq\n")]
    [InlineData("1d\nq\nq\n")]
    [InlineData("1d\nq\np\nq\nQ\n")]
    [InlineData("1d\n")]
    [InlineData("1d\nw\n")]
    [InlineData("")]
    [InlineData("H\nz\nH\nz\nq\n")]
    [InlineData("f\nf @other\nf\nw\n1d\nw @third\n2p\nr @other\n.=\n,p\n0r @third\n,p\nQ\n")]
    [InlineData("1,2w @part\nW @part\n1W @part\ne @part\n,p\nq\n")]
    [InlineData("1d\ne @other\ne @file\n,p\nE @file\n=\nq\n")]
    [InlineData("r @missing\nw @missing/x\nE @missing\n=\nq\n")]
    [InlineData("wq\n1p\n")]
    [InlineData("1d\nwq @other\n")]
    [InlineData(",d\n,p\np\n1p\n=\nw\na\nx\n.\n,p\nw\nq\n")]
    [InlineData(",c\nall\n.\n,p\nw\nq\n")]
    [InlineData("/nosuch/\n?nosuch?\n//\ns//x/\n/[/\n/\\(/\nq\n")]
    [InlineData("/o/\n/o/\n/o/\n?o?\n??\n/t/,/h/p\nq\n")]
    [InlineData("1l\na\ta\\b\u0001\u00e9$\n.\n.l\nQ\n")]
    public void Script_DoesWhatTheHostsDoes(string script) => AssertAlike(script, "one\ntwo\nthree\n");

    [Theory]
    [InlineData(",p\nq\n", "no end")]
    [InlineData("1d\nw\nq\n", "no end")]
    [InlineData("=\n,p\na\nx\n.\nw\nq\n", "")]
    [InlineData("2l\n,n\nq\n", "a\n0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\n")]
    public void File_IsReadAndWrittenAsByTheHosts(string script, string contents) => AssertAlike(script, contents);

    [Fact]
    public void RandomScripts_DoWhatTheHostsDoes()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        string[] addresses = ["", "", "1", "2", "$", ".", ",", "1,2", "2,$", ".,+1", "/o/", "?t?", "-", "+", "5"];
        string[] commands =
        [
            "p", "n", "d", "s/o/0/", "s/e/E/gp", "s/[a-m]/&&/2", "m0", "m$", "t.", "t0", "j", "a\nnew\n.", "i\nbefore\n.", "c\ninstead\n.", "=", "ka", "'ap", "u",
            "g/e/s/e/x/", "v/o/d", "g/t/m0", "z1", "", "s//!/", "s/$/\\\nsplit/",
        ];
        for (int i = 0; i < 60; i++)
        {
            StringBuilder script = new();
            for (int j = random.Next(1, 8); j > 0; j--)
            {
                script.Append(addresses[random.Next(addresses.Length)]).Append(commands[random.Next(commands.Length)]).Append('\n');
            }

            script.Append(",n\n.=\nw\nq\n");
            try
            {
                AssertAlike(script.ToString(), "one\ntwo\nthree\nfour\n");
            }
            catch (Xunit.Sdk.XunitException exception)
            {
                Assert.Fail($"seed {seed}: {script.Replace("\n", "\\n")}: {exception.Message}");
            }
        }
    }

    private void AssertAlike(string script, string contents)
    {
        (TextRun Run, string Files) theirs = Edit(script, contents, TextRun.Hosts);
        (TextRun Run, string Files) ours = Edit(script, contents, static (words, input) => TextRun.Ours(EdCommand.Run, words, input));
        Assert.Equal(theirs.Run.Output, ours.Run.Output);
        Assert.Equal((theirs.Run.Status, theirs.Files), (ours.Run.Status, ours.Files));
    }

    private (TextRun Run, string Files) Edit(string script, string contents, Func<string[], byte[], TextRun> run)
    {
        foreach (string old in Directory.GetFiles(_root))
        {
            File.Delete(old);
        }

        File.WriteAllText(Path.Combine(_root, "file"), contents);
        File.WriteAllText(Path.Combine(_root, "other"), "other 1\nother 2\n");
        TextRun result = run(["ed", Path.Combine(_root, "file")], Encoding.UTF8.GetBytes(script.Replace("@", _root + "/", StringComparison.Ordinal)));
        return (result, string.Concat(Directory.GetFiles(_root).Order(StringComparer.Ordinal).Select(static path => $"{path}: {File.ReadAllText(path)}\n")));
    }
}
