using KernelSockets.UserApps.Tests.Fakes;

namespace KernelSockets.UserApps.Tests.Shells;

/// <summary>What Tab proposes.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("completion").FullName;
    private readonly ShellCompleter _completer;

    public CompletionTests()
    {
        _completer = new ShellCompleter(new FakeSystem().Apps, () => _root);
        Directory.CreateDirectory(Path.Combine(_root, "dir one", "inner"));
        foreach (string name in (string[])["alpha", "alpine", "a b", "dir one/file", ".hidden", "it's", "d$"])
        {
            File.WriteAllText(Path.Combine(_root, name), "");
        }
    }

    [Theory]
    [InlineData("unam", "unam", "uname")]
    [InlineData("echo x; unam", "unam", "uname")]
    [InlineData("echo x | unam", "unam", "uname")]
    [InlineData("if unam", "unam", "uname")]
    [InlineData("(unam", "unam", "uname")]
    [InlineData("A=1 unam", "unam", "uname")]
    [InlineData("help unam", "unam", "uname")]
    [InlineData("cat al", "al", "alpha", "alpine")]
    [InlineData("cat alph", "alph", "alpha")]
    [InlineData("cat < alph", "alph", "alpha")]
    [InlineData("echo x >alph", "alph", "alpha")]
    [InlineData("cat x 2>alph", "alph", "alpha")]
    [InlineData("cat a\\ ", "a\\ ", "a\\ b")]
    [InlineData("cat 'a ", "'a ", "'a b'")]
    [InlineData("cat \"a ", "\"a ", "\"a b\"")]
    [InlineData("cat dir", "dir", "dir\\ one/")]
    [InlineData("cat dir\\ one/", "dir\\ one/", "dir\\ one/file", "dir\\ one/inner/")]
    [InlineData("cat 'dir one/f", "'dir one/f", "'dir one/file'")]
    [InlineData("cat .h", ".h", ".hidden")]
    [InlineData("cat it", "it", "it\\'s")]
    [InlineData("cat d\\$", "d\\$", "d\\$")]
    [InlineData("cat nothing", "nothing")]
    [InlineData("cat missing/x", "missing/x")]
    [InlineData("unam x unam", "unam")]
    [InlineData("./alph", "./alph", "./alpha")]
    public void Complete_Proposes(string line, string replaced, params string[] candidates)
    {
        List<string> found = [];
        Assert.Equal(replaced, line[^_completer.Complete(line, found)..]);
        Assert.Equal(candidates, found);
    }

    [Fact]
    public void Complete_OfAnything_NeverThrows()
    {
        Random random = new(5);
        for (int i = 0; i < 20_000; i++)
        {
            string line = new(random.GetItems("ab '\"\\$;|&<>(/.\n\0é".AsSpan(), random.Next(12)));
            List<string> found = [];
            Assert.InRange(_completer.Complete(line, found), 0, line.Length);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
