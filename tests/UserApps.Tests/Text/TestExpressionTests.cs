using System.Net.Sockets;
using KernelSockets.UserApps.Tests.Fakes;
using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>test and [ beside coreutils' test.</summary>
public sealed class TestExpressionTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("test-expressions").FullName;

    public TestExpressionTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "d"));
        File.WriteAllText(Path.Combine(_root, "full"), "x");
        File.WriteAllText(Path.Combine(_root, "empty"), "");
        File.CreateSymbolicLink(Path.Combine(_root, "link"), "full");
        File.CreateSymbolicLink(Path.Combine(_root, "broken"), "nowhere");
        File.SetUnixFileMode(Path.Combine(_root, "full"), UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.SetUser);
        File.SetLastWriteTimeUtc(Path.Combine(_root, "empty"), DateTime.UnixEpoch.AddDays(1));
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(_root, "s")));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("''")]
    [InlineData("-e")]
    [InlineData("!")]
    [InlineData("! x")]
    [InlineData("! ''")]
    [InlineData("-n x")]
    [InlineData("-n ''")]
    [InlineData("-z ''")]
    [InlineData("-z x")]
    [InlineData("-q x")]
    [InlineData("x y")]
    [InlineData("a = a")]
    [InlineData("a == b")]
    [InlineData("a != b")]
    [InlineData("-n = -n")]
    [InlineData("! = !")]
    [InlineData("( = (")]
    [InlineData("( x )")]
    [InlineData("( '' )")]
    [InlineData("! -n ''")]
    [InlineData("1 -eq 1")]
    [InlineData("' 1 ' -eq +1")]
    [InlineData("-0 -eq 0")]
    [InlineData("007 -eq 7")]
    [InlineData("123456789012345678901234567890 -gt 123456789012345678901234567889")]
    [InlineData("-5 -lt -4")]
    [InlineData("-5 -ge -4")]
    [InlineData("3 -le 3")]
    [InlineData("3 -ne 3")]
    [InlineData("x -eq 1")]
    [InlineData("1 -eq ''")]
    [InlineData("1.5 -eq 1")]
    [InlineData("-l abc -eq 3")]
    [InlineData("3 -eq -l abc")]
    [InlineData("a -foo b")]
    [InlineData("a -a b")]
    [InlineData("a -a ''")]
    [InlineData("'' -o b")]
    [InlineData("'' -o ''")]
    [InlineData("! a = b")]
    [InlineData("( -n x )")]
    [InlineData("! ( x )")]
    [InlineData("a = a -a b = b")]
    [InlineData("a = b -a b = b -o x")]
    [InlineData("x -o a = b -a y")]
    [InlineData("( a = a -o b ) -a ''")]
    [InlineData("! ( a = a -a b = c )")]
    [InlineData("! ! x = x")]
    [InlineData("( ( x ) )")]
    [InlineData("( x")]
    [InlineData("( a = a")]
    [InlineData("a = a b")]
    [InlineData("a = a -a")]
    [InlineData("-e @full -a -d @d")]
    [InlineData("1 -eq 1 -a x -eq 2")]
    [InlineData("-e @full")]
    [InlineData("-e @missing")]
    [InlineData("-e @broken")]
    [InlineData("-f @full")]
    [InlineData("-f @d")]
    [InlineData("-f @link")]
    [InlineData("-d @d")]
    [InlineData("-d @full")]
    [InlineData("-h @link")]
    [InlineData("-L @broken")]
    [InlineData("-h @full")]
    [InlineData("-S @s")]
    [InlineData("-p @s")]
    [InlineData("-c /dev/null")]
    [InlineData("-b /dev/null")]
    [InlineData("-s @full")]
    [InlineData("-s @empty")]
    [InlineData("-r @full")]
    [InlineData("-w @full")]
    [InlineData("-x @full")]
    [InlineData("-x @empty")]
    [InlineData("-x @d")]
    [InlineData("-u @full")]
    [InlineData("-g @full")]
    [InlineData("-k /tmp")]
    [InlineData("-O @full")]
    [InlineData("-G @full")]
    [InlineData("-N @full")]
    [InlineData("@full -nt @empty")]
    [InlineData("@full -ot @empty")]
    [InlineData("@empty -ot @full")]
    [InlineData("@full -nt @missing")]
    [InlineData("@missing -ot @full")]
    [InlineData("@missing -nt @full")]
    [InlineData("@full -ef @link")]
    [InlineData("@full -ef @empty")]
    [InlineData("-e ''")]
    [InlineData("-t 0")]
    [InlineData("-t 99999")]
    [InlineData("-t x")]
    public void Test_DecidesAsTheHosts(string line)
    {
        string[] words = ["test", .. TextRun.Split(line).Select(word => word.StartsWith('@') ? Path.Combine(_root, word[1..]) : word)];
        TextRun expected = TextRun.Hosts(words, []);
        (int status, string errors) = Run(TestCommand.Test, words[1..]);
        Assert.Equal((expected.Status, expected.Errors), (status, errors));
        Assert.Equal(expected.Status, Run(TestCommand.Bracket, [.. words[1..], "]"]).Status);
    }

    [Fact]
    public void RandomWords_AreJudgedAsByTheHosts()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        string[] vocabulary = ["!", "(", ")", "-a", "-o", "=", "!=", "-n", "-z", "", "x", "1", "-eq", "-lt", "-e", "/"];
        for (int i = 0; i < 150; i++)
        {
            string[] words = [.. Enumerable.Range(0, random.Next(9)).Select(_ => vocabulary[random.Next(vocabulary.Length)])];
            TextRun expected = TextRun.Hosts(["test", .. words], []);
            Assert.True((expected.Status, expected.Errors) == Run(TestCommand.Test, words), $"seed {seed}: test {string.Join(' ', words.Select(static word => $"'{word}'"))}: {expected}, but {Run(TestCommand.Test, words)}");
        }
    }

    [Fact]
    public void Bracket_WithoutItsEnd_IsMisused() => Assert.Equal((2, "[: missing ']'\n"), Run(TestCommand.Bracket, ["x"]));

    [Fact]
    public void DeepNesting_IsRefused()
    {
        string[] words = [.. Enumerable.Repeat("(", 100_000), "x"];
        Assert.Equal(2, Run(TestCommand.Test, words).Status);
    }

    private static (int Status, string Errors) Run(Func<string[], int> main, string[] words)
    {
        using StringWriter errors = new();
        int status = new JobConsole(TextReader.Null, new StringWriter(), errors).Run(main, words);
        return (status, errors.ToString());
    }
}
