using System.Text;
using KernelSockets.UserApps.Tests.Fakes;
using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>xargs beside findutils'.</summary>
public sealed class XargsTests
{
    private readonly FakeSystem _system = new();

    [Theory]
    [InlineData("", "a b  c\n\nd\te\n")]
    [InlineData("-n 2", "a b c d e")]
    [InlineData("-n 2 echo x y", "a b c\n")]
    [InlineData("-L 1", "a b\n\nc\n\n\nd e f\n")]
    [InlineData("-L 2", "a b\nc\nd\n")]
    [InlineData("", "'a b' \"c d\" e\\ f 'g'h\\'\n")]
    [InlineData("-n 1", "'' \"\" x\n")]
    [InlineData("-n 1", "a 'b\n")]
    [InlineData("", "a \"b\n")]
    [InlineData("-0 -n 1", "a b\0'c\0\0d\n")]
    [InlineData("-d , -n 1", "a b,'c,,d\n")]
    [InlineData("-d \\n -n 1", "a b\n'c\n")]
    [InlineData("-d xy", "a")]
    [InlineData("-I {} echo <{}> {}{}", "  a b  \nc\n\n'd e'\n")]
    [InlineData("-I % echo x", "a\nb\n")]
    [InlineData("-I {} echo {}", "")]
    [InlineData("", "")]
    [InlineData("-r", "")]
    [InlineData("-s 20", "aaaa bbbb cccc dddd eeee")]
    [InlineData("-s 12", "aaaa bbbbbbbbbbbbbbbb")]
    [InlineData("-t -n 1", "a b")]
    [InlineData("false", "a b")]
    [InlineData("-n 1 test a =", "a b c")]
    [InlineData("nosuchcommand", "a")]
    public void Xargs_RunsWhatTheHostsRuns(string options, string input)
    {
        string[] words = ["xargs", .. TextRun.Split(options)];
        TextRun expected = TextRun.Hosts(words, Encoding.UTF8.GetBytes(input));
        using StringWriter output = new();
        using StringWriter errors = new();
        int status = new JobConsole(TextReader.Null, output, errors).Run(
            arguments => new TextProgram("xargs", new MemoryStream(Encoding.UTF8.GetBytes(input)), Stream.Null).Run(
                (program, rest) => Xargs.Run(program, rest, name => _system.Apps.TryFind(name, out App? app) ? app : null), arguments),
            words[1..]);
        Assert.Equal(expected.Output, output.ToString());
        Assert.Equal(expected.Status, status);
        Assert.Equal(expected.Errors.Length > 0, errors.ToString().Length > 0);
    }
}
