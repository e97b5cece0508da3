using System.Text;
using KernelSockets.UserApps.Text;
using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>grep and its regular expressions beside GNU grep's.</summary>
public sealed class GrepTests : IDisposable
{
    private const int Trouble = 2;

    private readonly string _root = Directory.CreateTempSubdirectory("grep").FullName;

    public GrepTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "tree", "sub"));
        Write("fruits", "apple\nbanana\nApple pie\ncherry\napple tart\n\nan apple\npineapple\nbanana split\nkiwi\n");
        Write("open", "first\nlast apple");
        Write("empty", "");
        Write("binary", "apple\0seed\nbanana\n");
        Write("late", string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"apple {i}\n")) + "apple \0\napple\n");
        Write("high", "gr\xfcn\n\xff\xfe\nplain\n");
        Write("words", "foo\nfoo bar\nfoobar\nbar_foo\nbar-foo\nfoo_\n xfoo foo\nfoofoo\n");
        Write("patterns", "cherry\nkiwi\n");
        Write("tree/one", "apple one\nother\n");
        Write("tree/sub/two", "two\napple two\n");
        File.CreateSymbolicLink(Path.Combine(_root, "tree", "link"), "one");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("apple @fruits")]
    [InlineData("apple")]
    [InlineData("-i APPLE @fruits")]
    [InlineData("-v apple @fruits")]
    [InlineData("-n apple @fruits")]
    [InlineData("-c apple @fruits")]
    [InlineData("-c apple @fruits @empty @open")]
    [InlineData("-vc apple @fruits")]
    [InlineData("-l apple @fruits @empty @open")]
    [InlineData("-L apple @fruits @empty @open")]
    [InlineData("-L apple @fruits")]
    [InlineData("-q apple @fruits")]
    [InlineData("-q apple @missing @fruits")]
    [InlineData("-q nothing @fruits")]
    [InlineData("apple @missing @fruits @tree")]
    [InlineData("-s apple @missing @fruits @tree")]
    [InlineData("-s nothing @missing")]
    [InlineData("-o 'an*a' @fruits")]
    [InlineData("-on 'p*' @fruits")]
    [InlineData("-ob a @fruits")]
    [InlineData("-bn a @fruits")]
    [InlineData("-ov a @fruits")]
    [InlineData("-io AP @fruits")]
    [InlineData("-w foo @words")]
    [InlineData("-wo foo @words")]
    [InlineData("-w 'fo*' @words")]
    [InlineData("-w 'foo\\|foo_' @words")]
    [InlineData("-x apple @fruits")]
    [InlineData("-x '' @fruits")]
    [InlineData("-x 'apple\\|kiwi' @fruits")]
    [InlineData("-wx foo @words")]
    [InlineData("-F 'a.p' @fruits")]
    [InlineData("-F -x kiwi @fruits")]
    [InlineData("-Fi KIWI @fruits")]
    [InlineData("-Fw foo @words")]
    [InlineData("-E 'kiwi|cherry' @fruits")]
    [InlineData("-e kiwi -e cherry @fruits")]
    [InlineData("-f @patterns @fruits")]
    [InlineData("-f @empty @fruits")]
    [InlineData("-vf @empty @fruits")]
    [InlineData("-f @missing @fruits")]
    [InlineData("-c '' @fruits")]
    [InlineData("-A 1 kiwi @fruits")]
    [InlineData("-A 1 cherry @fruits")]
    [InlineData("-B 1 cherry @fruits")]
    [InlineData("-C 1 -n cherry @fruits")]
    [InlineData("-1 -n apple @fruits @open")]
    [InlineData("-A 1 -n banana @fruits @open")]
    [InlineData("-B 2 'pie\\|tart' @fruits")]
    [InlineData("-C 1 -o cherry @fruits")]
    [InlineData("-A 0 apple @fruits")]
    [InlineData("-c -A 3 apple @fruits")]
    [InlineData("-v -A 1 a @fruits")]
    [InlineData("-m 2 apple @fruits")]
    [InlineData("-m 1 -A 4 -n apple @fruits")]
    [InlineData("-m 1 -c apple @fruits")]
    [InlineData("-m 0 apple @fruits")]
    [InlineData("-H apple @open")]
    [InlineData("-h apple @open @fruits")]
    [InlineData("-H apple")]
    [InlineData("apple @open -")]
    [InlineData("-r apple @tree")]
    [InlineData("-R apple @tree")]
    [InlineData("-rh apple @tree")]
    [InlineData("-rc apple @tree")]
    [InlineData("-rl apple @tree @fruits")]
    [InlineData("-r apple @tree/one")]
    [InlineData("apple @binary")]
    [InlineData("nothing @binary")]
    [InlineData("-c a @binary")]
    [InlineData("-a apple @binary")]
    [InlineData("-l apple @binary")]
    [InlineData("-v apple @binary")]
    [InlineData("-o apple @binary")]
    [InlineData("-z ban @binary")]
    [InlineData("n @high")]
    [InlineData("'^.$' @high")]
    [InlineData("apple @open")]
    [InlineData("apple @empty")]
    [InlineData("-y APPLE @open")]
    [InlineData("-EF 'a|b' @fruits")]
    [InlineData("--color=never -n kiwi @fruits")]
    [InlineData("--regexp=kiwi @fruits")]
    [InlineData("-- -x @fruits")]
    [InlineData("-e -x @fruits")]
    [InlineData("'[a' @fruits")]
    [InlineData("'[[:foo:]]' @fruits")]
    [InlineData("'[z-a]' @fruits")]
    [InlineData("'[:space:]' @fruits")]
    [InlineData("'\\(a' @fruits")]
    [InlineData("'a\\)' @fruits")]
    [InlineData("-E '(a' @fruits")]
    [InlineData("-E 'a)' @fruits")]
    [InlineData("'a\\' @fruits")]
    [InlineData("'\\(a\\)\\2' @fruits")]
    [InlineData("'a\\{2,1\\}' @fruits")]
    [InlineData("'a\\{1' @fruits")]
    [InlineData("'a\\{x\\}' @fruits")]
    [InlineData("-E 'a{99999}' @fruits")]
    [InlineData("-A x a @fruits")]
    [InlineData("-m x a @fruits")]
    public void Grep_PrintsWhatTheHostsPrints(string line)
    {
        string[] words = ["grep", .. TextRun.Split(line).Select(word => word.StartsWith('@') ? Path.Combine(_root, word[1..]) : word)];
        byte[] input = "an apple\nnone\n"u8.ToArray();
        TextRun expected = TextRun.Hosts(words, input);
        TextRun run = Run(words, input);
        bool isOrdered = !line.Contains("-r", StringComparison.OrdinalIgnoreCase);
        Assert.Equal(isOrdered ? expected.Output : Sorted(expected.Output), isOrdered ? run.Output : Sorted(run.Output));
        Assert.Equal(expected.Status, run.Status);
        Assert.Equal(expected.Errors, run.Errors);
    }

    [Fact]
    public void FileThatTurnsOutBinary_IsPrintedUpToThere()
    {
        string path = Path.Combine(_root, "late");
        TextRun run = Run(["grep", "apple", path], []);
        Assert.StartsWith("apple 0\napple 1\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\0", run.Output, StringComparison.Ordinal);
        Assert.Equal((0, $"grep: {path}: binary file matches\n"), (run.Status, run.Errors));
    }

    [Theory]
    [InlineData("a*")]
    [InlineData("*a")]
    [InlineData("\\(*a\\)")]
    [InlineData("^*a")]
    [InlineData("a^b")]
    [InlineData("a$b")]
    [InlineData("^a$")]
    [InlineData("x\\|^a")]
    [InlineData("\\(^a\\)")]
    [InlineData("\\(a$\\)")]
    [InlineData("a\\+b\\?")]
    [InlineData("a\\{2\\}")]
    [InlineData("a\\{,2\\}b")]
    [InlineData("a\\{1,\\}")]
    [InlineData("[]a]")]
    [InlineData("[^]a]")]
    [InlineData("[a-]")]
    [InlineData("[-a]")]
    [InlineData("[a\\]")]
    [InlineData("[[:digit:][:upper:]]")]
    [InlineData("[[=a=]b]")]
    [InlineData("[[.-.]a]")]
    [InlineData("[^[:alnum:]]")]
    [InlineData("\\w\\W\\w")]
    [InlineData("\\s\\S")]
    [InlineData("\\ba")]
    [InlineData("a\\B")]
    [InlineData("\\<ab\\>")]
    [InlineData("\\`a")]
    [InlineData("a\\'")]
    [InlineData("\\(a\\)\\1")]
    [InlineData("\\(a*\\)b\\1")]
    [InlineData("\\(a\\|b\\)\\1*c")]
    [InlineData("^\\(.*\\)\\1$")]
    [InlineData("a.b")]
    [InlineData("\\.")]
    [InlineData("a|b")]
    [InlineData("(a)")]
    [InlineData("a+")]
    [InlineData("")]
    public void BasicExpression_MatchesAsTheHosts(string pattern) => AssertMatchesAlike("-G", pattern);

    [Theory]
    [InlineData("a|b")]
    [InlineData("a||b")]
    [InlineData("|a")]
    [InlineData("(|a)b")]
    [InlineData("()a")]
    [InlineData("(a|ab)(c|bcd)")]
    [InlineData("*a")]
    [InlineData("(*a)")]
    [InlineData("a|*b")]
    [InlineData("a**")]
    [InlineData("a+?")]
    [InlineData("(a*)*b")]
    [InlineData("(a*)+")]
    [InlineData("((a|b)*c)*")]
    [InlineData("a{2,3}")]
    [InlineData("a{,2}b")]
    [InlineData("a{")]
    [InlineData("a{x")]
    [InlineData("a{1")]
    [InlineData("a{1x}")]
    [InlineData("(ab){2}")]
    [InlineData("a^b")]
    [InlineData("(^a|b$)")]
    [InlineData("a$|^b")]
    [InlineData("^^a")]
    [InlineData("(a)(b)\\2\\1")]
    [InlineData("(a|b)*\\1")]
    [InlineData("\\(a\\)")]
    [InlineData("[a-c]+[0-9]?")]
    [InlineData("x?")]
    [InlineData("(a?){3}b")]
    public void ExtendedExpression_MatchesAsTheHosts(string pattern) => AssertMatchesAlike("-E", pattern);

    [Fact]
    public void RandomExpressions_MatchAsTheHosts()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        for (int i = 0; i < 150; i++)
        {
            bool isExtended = random.Next(2) == 0;
            string pattern = RandomPattern(random, 3, isExtended);
            try
            {
                AssertMatchesAlike(isExtended ? "-E" : "-G", pattern);
            }
            catch (Xunit.Sdk.XunitException exception)
            {
                Assert.Fail($"seed {seed}: {pattern}: {exception.Message}");
            }
        }
    }

    [Theory]
    [InlineData("(a*)*b")]
    [InlineData("(a|aa)+$")]
    [InlineData("(x+x+)+y")]
    [InlineData("a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?aaaaaaaaaaaaaaaaaaaab")]
    [InlineData(".*.*.*.*=.*")]
    public void ExpressionsThatDefeatBacktracking_TakeNoLongerForIt(string pattern)
    {
        RegularExpression expression = new([Encoding.ASCII.GetBytes(pattern)], RegexSyntax.Extended);
        byte[] line = new byte[200_000];
        line.AsSpan().Fill((byte)'a');
        line[^1] = (byte)'c';
        Assert.False(expression.IsMatch(line));
        Assert.False(expression.TryFind(line, 0, out _, out _));
    }

    [Theory]
    [InlineData("((((a{99}){99}){99}){99}){99}")]
    [InlineData("(((((((((((((((((((((a{0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}){0,2}")]
    public void ExpressionsThatGrowWithoutEnd_AreRefused(string pattern) =>
        Assert.Throws<RegexException>(() => new RegularExpression([Encoding.ASCII.GetBytes(pattern)], RegexSyntax.Extended));

    [Fact]
    public void DeepNesting_IsRefused() =>
        Assert.Throws<RegexException>(() => new RegularExpression([Encoding.ASCII.GetBytes(new string('(', 100_000))], RegexSyntax.Extended));

    [Fact]
    public void BackReferencesWithoutEnd_EndWithAMessage()
    {
        string line = new string('a', 40) + "b";
        TextRun run = Run(["grep", "-E", "^(a*)*(a*)*(a*)*(a*)*\\1\\2\\3\\4x"], Encoding.ASCII.GetBytes(line + "x" + line));
        Assert.Equal((Trouble, "grep: Regular expression takes too long to match\n"), (run.Status, run.Errors));
    }

    [Fact]
    public void Groups_AreThoseOfTheLongestMatch()
    {
        RegularExpression expression = new(["\\(a*\\)\\(b\\|bc\\)\\(x\\)*"u8.ToArray()], RegexSyntax.Basic);
        Assert.True(expression.TryFindGroups("..aabcd"u8, 0, out int[] groups));
        Assert.Equal([2, 6, 2, 4, 4, 6, -1, -1], groups);
    }

    private void AssertMatchesAlike(string syntax, string pattern)
    {
        byte[] input = Encoding.ASCII.GetBytes(string.Join('\n', Lines()) + "\n");
        foreach (string report in (string[])["-n", "-on", "-wn", "-xn"])
        {
            string[] words = ["grep", syntax, report, "-e", pattern];
            TextRun expected = TextRun.Hosts(words, input);
            TextRun run = Run(words, input);
            Assert.True((expected.Status, expected.Output) == (run.Status, run.Output), $"{report} {pattern}: {expected} but {run}");
        }
    }

    private static IEnumerable<string> Lines()
    {
        Random random = new(1);
        const string Letters = "aaabbc1 -_(){}*^$|\\.A";
        for (int i = 0; i < 60; i++)
        {
            yield return string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => i < 30 ? "aabbc"[random.Next(5)] : Letters[random.Next(Letters.Length)]));
        }
    }

    /// <summary>Places only stand outside of groups: in repeated ones, the host's library forgets them.</summary>
    private static string RandomPattern(Random random, int depth, bool isExtended)
    {
        string Sign(char sign) => isExtended ? sign.ToString() : $"\\{sign}";
        return random.Next(depth == 0 ? 4 : depth == 3 ? 12 : 9) switch
        {
            0 => "a",
            1 => "b",
            2 => ".",
            3 => "[a-c1]",
            4 => RandomPattern(random, depth - 1, isExtended) + "*",
            5 => RandomPattern(random, depth - 1, isExtended) + RandomPattern(random, depth - 1, isExtended),
            6 => Sign('(') + RandomPattern(random, depth - 1, isExtended) + Sign('|') + RandomPattern(random, depth - 1, isExtended) + Sign(')'),
            7 => Sign('(') + RandomPattern(random, depth - 1, isExtended) + Sign(')') + Sign('?'),
            8 => Sign('(') + RandomPattern(random, depth - 1, isExtended) + Sign(')') + Sign('{') + random.Next(3) + ",3" + Sign('}'),
            9 => "^" + RandomPattern(random, depth - 1, isExtended),
            10 => RandomPattern(random, depth - 1, isExtended) + "$",
            _ => "\\b" + RandomPattern(random, depth - 1, isExtended),
        };
    }

    private static TextRun Run(string[] words, byte[] input) => TextRun.Ours(Grep.Run, words, input, Trouble);

    private static string Sorted(string text) => string.Join('\n', text.Split('\n').Order(StringComparer.Ordinal));

    private void Write(string name, string text) => File.WriteAllBytes(Path.Combine(_root, name), Encoding.Latin1.GetBytes(text));
}
