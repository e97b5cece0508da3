using System.Text;

namespace KernelSockets.UserApps.Tests.Shells;

/// <summary>Scripts made at random beside dash, and text that is no script.</summary>
public sealed class RandomScriptTests : IDisposable
{
    private const int Scripts = 60;

    private readonly ShellPair _shells = new();

    [Fact]
    public void RandomScripts_LikeDash()
    {
        int seed = Random.Shared.Next();
        for (int i = 0; i < Scripts; i++)
        {
            string script = new Maker(new Random(seed + i)).Script();
            ShellPair.Outcome expected = _shells.RunDash(script, "p1", "p 2");
            ShellPair.Outcome actual = _shells.RunOurs(script, out string errors, "p1", "p 2");
            bool isAlike = expected.Output == actual.Output && expected.Status == actual.Status && expected.Files == actual.Files;
            Assert.True(isAlike, $"seed {seed + i}:\n{script}\n--- dash, status {expected.Status}\n{expected.Output}{expected.Files}--- ours, status {actual.Status}\n{actual.Output}{actual.Files}{errors}");
        }
    }

    [Fact]
    public void RandomText_IsParsedOrRefused_WithoutAnException()
    {
        const string Alphabet = "ab1 \t\n;&|<>(){}$`'\"\\*?[]!#~=-+%:/@";
        string[] words = ["if ", "then ", "fi\n", "do ", "done ", "while ", "for x in ", "case x in ", "esac ", "<<E\n", "E\n", "$(", "$((", "${x", "))", ";;", "f() ", "&&"];
        int seed = Random.Shared.Next();
        Random random = new(seed);
        for (int i = 0; i < 50_000; i++)
        {
            StringBuilder text = new();
            for (int length = random.Next(30); length > 0; length--)
            {
                _ = random.Next(4) == 0 ? text.Append(words[random.Next(words.Length)]) : text.Append(Alphabet[random.Next(Alphabet.Length)]);
            }

            Exception? thrown = Record.Exception(() => Parser.Parse(text.ToString(), out _, out _));
            Assert.True(thrown is null, $"seed {seed}: {text}: {thrown}");
        }
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("{ ", "; }")]
    [InlineData("$(echo ", ")")]
    [InlineData("if true; then ", "; fi")]
    [InlineData("echo ${x-", "}")]
    [InlineData("echo \"${x-", "}\"")]
    public void Nesting_TooDeep_IsRefused(string open, string close)
    {
        string script = string.Concat(Enumerable.Repeat(open, 5000)) + "echo a" + string.Concat(Enumerable.Repeat(close, 5000));
        Assert.Equal(ParseStatus.Wrong, Parser.Parse(script, out _, out string error));
        Assert.Equal("nested too deeply", error);
    }

    [Fact]
    public void Recursion_WithoutEnd_IsRefused()
    {
        Assert.Contains("nested too deeply", Errors("f() { f; }; f"), StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Errors("echo '. ./s' > s; . ./s"), StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Errors("x='eval $x'; eval $x"), StringComparison.Ordinal);
        Assert.Contains("Resource temporarily unavailable", Errors("echo 'sh ./s' > s; sh ./s"), StringComparison.Ordinal);
        Assert.Contains("Resource temporarily unavailable", Errors("f() { (f); }; f"), StringComparison.Ordinal);
        Assert.Contains("nested too deeply", Errors($"echo $(({new string('(', 5000)}1{new string(')', 5000)}))"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pipeline_LongerThanTheTableOfJobs_IsRefusedAsAWhole()
    {
        string script = "echo start | " + string.Join(" | ", Enumerable.Repeat("cat", 3000)) + "; echo $?";
        ShellPair.Outcome outcome = _shells.RunOurs(script, out string errors);
        Assert.Equal("sh: Resource temporarily unavailable\n", errors);
        Assert.Equal("126\n", outcome.Output);
    }

    [Fact]
    public void Line_OfAMillionCharacters_IsRun()
    {
        string word = new('w', 1_000_000);
        Assert.Equal(word + "\n", _shells.RunOurs($"echo {word}").Output);
        Assert.Equal("[1000000]\n", _shells.RunOurs($"x={word}; args ${{#x}}").Output);
    }

    [Fact]
    public void Pattern_OfManyStars_IsDecidedAtOnce()
    {
        string script = $"case {new string('a', 5000)} in {string.Concat(Enumerable.Repeat("*a", 40))}*b) echo yes;; *) echo no;; esac";
        Assert.Equal("no\n", _shells.RunOurs(script).Output);
    }

    [Fact]
    public void Substitution_WithoutEnd_FailsBeforeMemoryDoes() =>
        Assert.Contains("Argument list too long", Errors("x=$(endless); echo $?"), StringComparison.Ordinal);

    public void Dispose() => _shells.Dispose();

    private string Errors(string script)
    {
        _shells.RunOurs(script, out string errors);
        return errors;
    }

    /// <summary>Makes scripts whose outcome does not depend on who is faster.</summary>
    private sealed class Maker(Random random)
    {
        private static readonly string[] s_words =
            ["a", "b c", "$x", "\"$x\"", "'q  q'", "*", "*.c", "\"*\"", "${y-d}", "${y:-e f}", "$1", "$2", "\"$@\"", "$#", "$?", "$((1+2))", "$((z=z+1))", "a\\ b", "\"$(echo s  t)\"", "$(echo u v)", "~", "${x%b}", "${#x}", "x=y", "d/*", "''", "\"\""];

        private int _depth;
        private int _functions;
        private int _files;

        public string Script()
        {
            StringBuilder script = new("x='a  b' z=0\n");
            for (int i = random.Next(1, 6); i > 0; i--)
            {
                script.Append(List()).Append('\n');
            }

            return script.Append("args $? \"$x\" $z\n").ToString();
        }

        private string Pick(params string[] choices) => choices[random.Next(choices.Length)];

        private string List()
        {
            string list = Pipeline();
            while (random.Next(3) == 0)
            {
                list += Pick(" && ", " || ", "; ") + Pipeline();
            }

            return list;
        }

        private string Pipeline()
        {
            string pipeline = random.Next(8) == 0 ? "! " : "";
            pipeline += Command();
            while (random.Next(3) == 0)
            {
                pipeline += " | " + Pick("cat", "upper", "lines", "{ cat; args end; }", "while read r; do args \"$r\"; done", "(cat; fail 3)", $"cat > {File()}");
            }

            return pipeline;
        }

        private string Command()
        {
            if (++_depth > 4)
            {
                _depth--;
                return Simple();
            }

            string command = random.Next(10) switch
            {
                0 => $"if {List()}; then {List()}; else {List()}; fi",
                1 => $"for v in {Words()}; do {List()}; args \"$v\"; done",
                2 => $"({List()})",
                3 => Braces(List()),
                4 => $"case {Pick("abc", "\"$x\"", "b")} in {Pick("a*", "b", "\"a  b\"")}) {List()};; *) {List()};; esac",
                5 => Function($"f{++_functions}"),
                _ => Simple(),
            };
            _depth--;
            return command + (random.Next(5) > 0 ? "" : Redirection());
        }

        /// <summary>dash 0.5.12 forgets the redirection of a subshell that stands alone in braces that are redirected, too.</summary>
        private static string Braces(string list) => list.StartsWith('(') ? $"{{ :; {list}; }}" : $"{{ {list}; }}";

        /// <summary>Each has a name of its own: one that calls itself would not end.</summary>
        private string Function(string name) => $"{{ {name}() {{ {List()}; return {random.Next(3)}; }}; {name} {Words()}; }}";

        private string Redirection() => Pick($" > {File()}", $" >> {File()}", " < one", " 2> /dev/null", " < two", " <&-");

        /// <summary>
        /// Each file is written once: commands of a pipeline that write the same one would race. In a folder of its own, which no pattern looks into: what runs
        /// at the same time in a pipeline may see it or not.
        /// </summary>
        private string File() => $"o/f{++_files}";

        private string Simple() => Pick(
            $"args {Words()}", $"args {Words()}", $"args {Words()}", "true", "false", $"fail {random.Next(4)}", $"x={Pick("ab", "'c d'", "$x", "$(echo w)")}", $"y={Pick("1", "")} getenv y", "cat < two", $"cat < one > {File()}",
            $"warn w 2> {File()}", "shift 2> /dev/null || :", "set -- q r", "unset y", "(cd d && args *)", "eval 'args e $x'", "read x < two", ": ${x:=n}", "echo \"$x\"");

        private string Words()
        {
            string words = "";
            for (int i = random.Next(4); i > 0; i--)
            {
                words += " " + Pick(s_words);
            }

            return words;
        }
    }
}
