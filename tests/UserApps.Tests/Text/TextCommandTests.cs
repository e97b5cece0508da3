using System.Text;
using KernelSockets.UserApps.Text;
using KernelSockets.UserApps.Text.Checksums;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>The commands on text beside the host's own: the same files and input, the same output, messages and status.</summary>
public sealed class TextCommandTests : IDisposable
{
    private static readonly Dictionary<string, (TextMain Main, int TroubleStatus)> s_programs = new(StringComparer.Ordinal)
    {
        ["basename"] = (PathParts.RunBase, 1),
        ["cksum"] = (ChecksumCommand.RunCrc, 1),
        ["cut"] = (Cut.Run, 1),
        ["dirname"] = (PathParts.RunDirectory, 1),
        ["expr"] = (Expr.Run, 3),
        ["head"] = (Head.Run, 1),
        ["md5sum"] = (ChecksumCommand.RunMd5, 1),
        ["nl"] = (NumberLines.Run, 1),
        ["paste"] = (Paste.Run, 1),
        ["printf"] = (Printf.Run, 1),
        ["rev"] = (Reverse.RunCharacters, 1),
        ["sha1sum"] = (ChecksumCommand.RunSha1, 1),
        ["sha256sum"] = (ChecksumCommand.RunSha256, 1),
        ["seq"] = (Sequence.Run, 1),
        ["sort"] = (Sort.Run, 2),
        ["tac"] = (Reverse.RunLines, 1),
        ["tail"] = (static (program, arguments) => Tail.Run(program, arguments, static _ => Errno.EINTR), 1),
        ["tee"] = (Tee.Run, 1),
        ["tr"] = (Translate.Run, 1),
        ["uniq"] = (Uniq.Run, 1),
        ["wc"] = (WordCount.Run, 1),
    };

    private readonly string _root = Directory.CreateTempSubdirectory("text-commands").FullName;

    public TextCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(_root, "d"));
        Write("empty", "");
        Write("lines", string.Concat(Enumerable.Range(1, 25).Select(static i => $"line {i}\n")));
        Write("open", "one\ntwo\nthree");
        Write("newline", "\n");
        Write("nul", "a\0b\nc\0\0\nd\n\0");
        Write("words", "the quick  brown\tfox\njumps over\n\n  the lazy dog  \nend");
        Write("table", "b:2:x\na:10:y\nc::z\na:9\nno delimiter\n:::\n");
        Write("numbers", "10\n9\n-3\n  7\n0.5\n-0.5\n+4\nabc\n\n1e3\n00010\n2147483648000\n");
        Write("runs", "a\na\nA\nb\nb\nb\nc\n\n\nd d\nd d");
        Write("mixed", "banana\nApple\ncherry\napple\nBanana\n\n_x\n a\n\tb\nZ\xff\n");
        Write("sorted", "a\nb\nb\nc\n");
        Write("sorted2", "a\nbb\nd\n");
        Write("bs\\x", "backslash");
        Write("big", string.Concat(Enumerable.Range(0, 20_000).Select(static i => $"{i * 7919 % 10_007} some text to fill it {i}\n")));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("head @lines")]
    [InlineData("head")]
    [InlineData("head -n 3 @lines @open")]
    [InlineData("head -3 @lines")]
    [InlineData("head -n 0 @lines")]
    [InlineData("head -n -20 @lines")]
    [InlineData("head -n -1 @open")]
    [InlineData("head -n -0 @open")]
    [InlineData("head -n -100 @lines")]
    [InlineData("head -c 10 @lines")]
    [InlineData("head -c -10 @lines")]
    [InlineData("head -c 1K @big")]
    [InlineData("head -c 1kB @big")]
    [InlineData("head -c -200000 @big")]
    [InlineData("head -n -19990 @big")]
    [InlineData("head -q -n 1 @lines @open")]
    [InlineData("head -v -n 1 @lines")]
    [InlineData("head -n 1 @missing @lines @d")]
    [InlineData("head -z -n 2 @nul")]
    [InlineData("head -n 1 - @lines")]
    [InlineData("head -n x @lines")]
    [InlineData("head -c 1Q @lines")]
    [InlineData("head --lines=2 @lines")]
    [InlineData("head -y")]
    [InlineData("tail @lines")]
    [InlineData("tail")]
    [InlineData("tail -n 3 @lines @open")]
    [InlineData("tail -2 @open")]
    [InlineData("tail -n 1 @open")]
    [InlineData("tail -n 0 @open")]
    [InlineData("tail -n +3 @lines")]
    [InlineData("tail -n +0 @lines")]
    [InlineData("tail -n +1 @open")]
    [InlineData("tail -n +100 @lines")]
    [InlineData("tail -n 3")]
    [InlineData("tail -n +3")]
    [InlineData("tail -c 7 @lines")]
    [InlineData("tail -c +7 @lines")]
    [InlineData("tail -c 7")]
    [InlineData("tail -c +7")]
    [InlineData("tail -c 0")]
    [InlineData("tail -n 15000 @big")]
    [InlineData("tail -c 200000 @big")]
    [InlineData("tail -n +15000 @big")]
    [InlineData("tail -n 2 @newline @empty")]
    [InlineData("tail -z -n 2 @nul")]
    [InlineData("tail -q -n 1 @lines @open")]
    [InlineData("tail -v -n 1 @empty")]
    [InlineData("tail -n 1 @missing @lines @d")]
    [InlineData("tail -n x")]
    [InlineData("wc @words")]
    [InlineData("wc")]
    [InlineData("wc -l")]
    [InlineData("wc -l @lines")]
    [InlineData("wc -w -c @words")]
    [InlineData("wc -cl @words @lines @empty")]
    [InlineData("wc @big @open")]
    [InlineData("wc @missing @words")]
    [InlineData("wc @words @missing")]
    [InlineData("wc @d")]
    [InlineData("wc -c @nul @newline")]
    [InlineData("wc - @words")]
    [InlineData("wc -x")]
    [InlineData("cut -c 1-3,5 @words")]
    [InlineData("cut -b -2 @words")]
    [InlineData("cut -b 4- @nul")]
    [InlineData("cut -f 2 -d : @table")]
    [InlineData("cut -f 1,3 -d : -s @table")]
    [InlineData("cut -f 2- -d : @table")]
    [InlineData("cut -d : -f 1 --complement @table")]
    [InlineData("cut -b 2-3 --complement @words")]
    [InlineData("cut -f 3,1-2,2 -d : --output-delimiter=<> @table")]
    [InlineData("cut -b 1-2,4,6- --output-delimiter=| @words")]
    [InlineData("cut -f 2 @words")]
    [InlineData("cut -d ' ' -f 2 @words @missing @d")]
    [InlineData("cut -z -b 1 @nul")]
    [InlineData("cut")]
    [InlineData("cut -b 0 @words")]
    [InlineData("cut -b 3-1 @words")]
    [InlineData("cut -f - @words")]
    [InlineData("cut -f x @words")]
    [InlineData("cut -b 1 -f 1 @words")]
    [InlineData("cut -b 1 -d : @words")]
    [InlineData("cut -b 1 -s @words")]
    [InlineData("cut -f 1 -d :: @words")]
    [InlineData("cut -b 1,, @words")]
    [InlineData("uniq @runs")]
    [InlineData("uniq -c @runs")]
    [InlineData("uniq -d @runs")]
    [InlineData("uniq -u @runs")]
    [InlineData("uniq -du @runs")]
    [InlineData("uniq -ci @runs")]
    [InlineData("uniq")]
    [InlineData("uniq -f 1 @words")]
    [InlineData("uniq -s 1 -w 1 @runs")]
    [InlineData("uniq -z @nul")]
    [InlineData("uniq @missing")]
    [InlineData("uniq @empty")]
    [InlineData("uniq -f x @runs")]
    [InlineData("uniq a b c")]
    [InlineData("sort @mixed")]
    [InlineData("sort -r @mixed")]
    [InlineData("sort -f @mixed")]
    [InlineData("sort -fu @mixed")]
    [InlineData("sort -fs @mixed")]
    [InlineData("sort -b @mixed")]
    [InlineData("sort -d @mixed")]
    [InlineData("sort -i @mixed")]
    [InlineData("sort -n @numbers")]
    [InlineData("sort -nr @numbers")]
    [InlineData("sort -nu @numbers")]
    [InlineData("sort -ns @numbers")]
    [InlineData("sort -t : -k 2n @table")]
    [InlineData("sort -t : -k 2,2n -k 1,1r @table")]
    [InlineData("sort -t : -k 1.1,1.1 -k 2nr @table")]
    [InlineData("sort -k 2 @words")]
    [InlineData("sort -k 2b,2 @words")]
    [InlineData("sort -k 1.2 @mixed")]
    [InlineData("sort -k 1.2b,1.3b @mixed @words")]
    [InlineData("sort -rk 2,2n -t : @table")]
    [InlineData("sort -n -k 2,2r -t : @table")]
    [InlineData("sort -n @big")]
    [InlineData("sort @big @lines")]
    [InlineData("sort -k 6,6n -k1,1 -u @big")]
    [InlineData("sort")]
    [InlineData("sort - @sorted")]
    [InlineData("sort @open @empty @newline")]
    [InlineData("sort -z @nul")]
    [InlineData("sort -m @sorted @sorted2")]
    [InlineData("sort -mu @sorted @sorted2 @sorted")]
    [InlineData("sort -c @sorted")]
    [InlineData("sort -cu @sorted")]
    [InlineData("sort -c @mixed")]
    [InlineData("sort -C @mixed")]
    [InlineData("sort -c @sorted @sorted2")]
    [InlineData("sort -co x @sorted")]
    [InlineData("sort @missing")]
    [InlineData("sort @d")]
    [InlineData("sort -k 0 @sorted")]
    [InlineData("sort -k x @sorted")]
    [InlineData("sort -k 1.0 @sorted")]
    [InlineData("sort -k 1,x @sorted")]
    [InlineData("sort -k 1w @sorted")]
    [InlineData("sort -t :: @sorted")]
    [InlineData("sort -t '' @sorted")]
    [InlineData("sort -q")]
    [InlineData("sort -dn @sorted")]
    [InlineData("tr a-z A-Z")]
    [InlineData("tr abc x")]
    [InlineData("tr -t abc x")]
    [InlineData("tr -d aeiou")]
    [InlineData("tr -d '[:space:]'")]
    [InlineData("tr -cd '[:alnum:]\\n'")]
    [InlineData("tr -s ' '")]
    [InlineData("tr -s a-z A-Z")]
    [InlineData("tr -ds a-f ' '")]
    [InlineData("tr -cs '[:alpha:]' '\\n'")]
    [InlineData("tr '[:lower:]' '[:upper:]'")]
    [InlineData("tr '[:upper:]' '[:lower:]'")]
    [InlineData("tr '[:alpha:]' '[:digit:]'")]
    [InlineData("tr '[:lower:]' a-z")]
    [InlineData("tr a-z '[:upper:]'")]
    [InlineData("tr 'a[:lower:]' '[:upper:]'")]
    [InlineData("tr '\\141\\n' '\\101|'")]
    [InlineData("tr '\\\\' /")]
    [InlineData("tr a-e '[x*]'")]
    [InlineData("tr a-e '[x*2]y'")]
    [InlineData("tr a-h '1[-*3]9'")]
    [InlineData("tr -c a-z '[.*]'")]
    [InlineData("tr '[=a=]' b")]
    [InlineData("tr z-a x")]
    [InlineData("tr '[:wrong:]' x")]
    [InlineData("tr '[::]' x")]
    [InlineData("tr '[==]' x")]
    [InlineData("tr '[=ab=]' x")]
    [InlineData("tr '[a*]' x")]
    [InlineData("tr a ''")]
    [InlineData("tr ab '[x*9z]'")]
    [InlineData("tr ab '[x*][y*]'")]
    [InlineData("tr -- -x y-")]
    [InlineData("tr a- 'x\\-'")]
    [InlineData("tr '[a-c]' '(x-z)'")]
    [InlineData("tr '[' '('")]
    [InlineData("tr")]
    [InlineData("tr a")]
    [InlineData("tr -d a b")]
    [InlineData("tr -ds a")]
    [InlineData("tr a b c")]
    [InlineData("tr -q a b")]
    [InlineData("seq 5")]
    [InlineData("seq 3 6")]
    [InlineData("seq 0 5 20")]
    [InlineData("seq 10 -3 0")]
    [InlineData("seq 5 1")]
    [InlineData("seq -2 2")]
    [InlineData("seq -w 8 11")]
    [InlineData("seq -w -5 5 10")]
    [InlineData("seq -w 1 .5 3")]
    [InlineData("seq 1 0.25 2")]
    [InlineData("seq .1 .1 .5")]
    [InlineData("seq -s , 4")]
    [InlineData("seq -s '' 4")]
    [InlineData("seq 1e2 1e1 1.5e2")]
    [InlineData("seq 1.0 3")]
    [InlineData("seq 1 2.9")]
    [InlineData("seq -f %03g 3")]
    [InlineData("seq -f <%8.3f|%%> 0 .5 1")]
    [InlineData("seq -f %e 3")]
    [InlineData("seq -f %-6gx 99999 1000001 3000000")]
    [InlineData("seq -f %d 3")]
    [InlineData("seq -f x 3")]
    [InlineData("seq -f %g%g 3")]
    [InlineData("seq -f % 3")]
    [InlineData("seq")]
    [InlineData("seq x")]
    [InlineData("seq 1 0 3")]
    [InlineData("seq 1 2 3 4")]
    [InlineData("seq 9999999 10000002")]
    [InlineData("seq 1000000 1000003")]
    [InlineData("seq -9 -7")]
    [InlineData("seq 100000000000000000 100000000000000002")]
    [InlineData("tee")]
    [InlineData("tee @d")]
    [InlineData("tee @missing/x")]
    [InlineData("basename /usr/lib/x.so .so")]
    [InlineData("basename /")]
    [InlineData("basename //")]
    [InlineData("basename ''")]
    [InlineData("basename a/b/")]
    [InlineData("basename .so .so")]
    [InlineData("basename x.so so")]
    [InlineData("basename -a a/b c/d/")]
    [InlineData("basename -s .c x/a.c b.c")]
    [InlineData("basename -z a/b")]
    [InlineData("basename")]
    [InlineData("basename a b c")]
    [InlineData("dirname /usr/lib/x")]
    [InlineData("dirname a")]
    [InlineData("dirname a/b/ /a // a//b ''")]
    [InlineData("dirname -z a/b")]
    [InlineData("dirname")]
    [InlineData("cksum @lines @empty @big")]
    [InlineData("cksum")]
    [InlineData("cksum @missing")]
    [InlineData("md5sum @lines @empty @big")]
    [InlineData("md5sum")]
    [InlineData("sha1sum @lines @empty @big @nul")]
    [InlineData("sha256sum @lines @empty @big @nul")]
    [InlineData("sha256sum")]
    [InlineData("sha256sum -b @lines")]
    [InlineData("sha256sum --tag @lines")]
    [InlineData("sha256sum -z @lines")]
    [InlineData("sha256sum @missing @lines @d")]
    [InlineData("sha256sum @bs\\x")]
    [InlineData("printf hello")]
    [InlineData("printf 'a\\tb\\n'")]
    [InlineData("printf '%s\\n' a b c")]
    [InlineData("printf '%s-%s\\n' a b c")]
    [InlineData("printf '%d %i\\n' 12 -7 +5")]
    [InlineData("printf '%5d|%-5d|%05d|%+d|% d\\n' 42 42 42 42 42")]
    [InlineData("printf '%.3d|%8.3d|%-8.3d|%.0d|\\n' 7 7 7 0")]
    [InlineData("printf '%x %X %#x %#X %o %#o\\n' 255 255 255 255 8 8")]
    [InlineData("printf '%u\\n' 18446744073709551615 -1")]
    [InlineData("printf '%d\\n' 9223372036854775808")]
    [InlineData("printf '%d\\n' 0x1F 017 08 abc 12abc ''")]
    [InlineData("printf '%d %d\\n' '\"A' \"B")]
    [InlineData("printf '%f %.2f %10.1f|%-10.1f|%010.2f\\n' 3.14159 2.718 1.5 1.5 -1.5")]
    [InlineData("printf '%e %E %g %G\\n' 12345.678 0.00012 1e10 1e-10")]
    [InlineData("printf '%g %g %g\\n' 100000 1000000 0.0001")]
    [InlineData("printf '%.0f %#.0f\\n' 2.5 3")]
    [InlineData("printf '%f\\n' inf -inf nan x")]
    [InlineData("printf '%s|%10s|%-10s|%.2s|\\n' abc abc abc abc")]
    [InlineData("printf '%c%c\\n' hello world")]
    [InlineData("printf '%b\\n' 'a\\tb\\0101\\x41'")]
    [InlineData("printf 'x%by' 'a\\cb' z")]
    [InlineData("printf '\\101\\x42\\q\\\\\\n'")]
    [InlineData("printf '%*d|%-*d|%.*f\\n' 5 42 5 42 2 3.14159")]
    [InlineData("printf '%*d|\\n' -5 42")]
    [InlineData("printf '%%\\n'")]
    [InlineData("printf '%'")]
    [InlineData("printf '%y' 1")]
    [InlineData("printf '%5%'")]
    [InlineData("printf nothing a b")]
    [InlineData("printf '%s\\n'")]
    [InlineData("printf '%d\\n'")]
    [InlineData("printf")]
    [InlineData("printf '%ld %hhd\\n' 5 6")]
    [InlineData("printf -- '-%s\\n' x")]
    [InlineData("tac @lines @open")]
    [InlineData("tac @nul @empty @newline")]
    [InlineData("tac")]
    [InlineData("tac @missing @lines")]
    [InlineData("rev @words")]
    [InlineData("rev @open")]
    [InlineData("rev")]
    [InlineData("paste @lines @open")]
    [InlineData("paste @open @lines @empty")]
    [InlineData("paste -d , @open @sorted @table")]
    [InlineData("paste -d '+-' @open @sorted @table")]
    [InlineData("paste -d '\\n\\0x' @open @sorted @table @lines")]
    [InlineData("paste -d '' @open @sorted")]
    [InlineData("paste -s @open @sorted")]
    [InlineData("paste -s -d ',;' @lines")]
    [InlineData("paste - - @open")]
    [InlineData("paste -s @empty @newline")]
    [InlineData("paste @missing @open")]
    [InlineData("paste @empty")]
    [InlineData("paste")]
    [InlineData("nl @words @lines")]
    [InlineData("nl -b a -n rz -w 3 @words")]
    [InlineData("nl -b n -s : @words")]
    [InlineData("nl -n ln -i 5 -v 10 -s '> ' @open")]
    [InlineData("nl -v -3 -n rz @lines")]
    [InlineData("nl -b x @lines")]
    [InlineData("nl @missing @d")]
    [InlineData("nl")]
    [InlineData("expr 1 + 2")]
    [InlineData("expr 2 + 3 * 4 - 1")]
    [InlineData("expr ( 2 + 3 ) * 4")]
    [InlineData("expr 7 / 2")]
    [InlineData("expr -7 / 2")]
    [InlineData("expr -7 % 3")]
    [InlineData("expr 7 / 0")]
    [InlineData("expr 1 - 1")]
    [InlineData("expr abc = abc")]
    [InlineData("expr abc < abd")]
    [InlineData("expr 10 < 9")]
    [InlineData("expr a10 < a9")]
    [InlineData("expr 1 = 1.0")]
    [InlineData("expr '' | x")]
    [InlineData("expr 0 | 0")]
    [InlineData("expr a | b")]
    [InlineData("expr a & b")]
    [InlineData("expr a & 0")]
    [InlineData("expr 1 | 1 / 0")]
    [InlineData("expr 0 & 1 / 0")]
    [InlineData("expr abc : 'a\\(.\\)c'")]
    [InlineData("expr abc : 'b'")]
    [InlineData("expr abc : '.*'")]
    [InlineData("expr abc : 'x\\(y\\)'")]
    [InlineData("expr abc : 'b\\|a'")]
    [InlineData("expr /usr/lib/x : '.*/\\(.*\\)'")]
    [InlineData("expr length hello")]
    [InlineData("expr substr hello 2 3")]
    [InlineData("expr substr hello 0 3")]
    [InlineData("expr substr hello 4 99")]
    [InlineData("expr index hello lo")]
    [InlineData("expr index hello z")]
    [InlineData("expr match abc 'ab'")]
    [InlineData("expr + length")]
    [InlineData("expr a + 1")]
    [InlineData("expr 9223372036854775807 - 1")]
    [InlineData("expr ( 1")]
    [InlineData("expr ( 1 2")]
    [InlineData("expr 1 2")]
    [InlineData("expr 1 +")]
    [InlineData("expr )")]
    [InlineData("expr")]
    [InlineData("expr 00")]
    [InlineData("expr -0")]
    [InlineData("expr -")]
    public void Command_PrintsWhatTheHostsPrints(string line) => AssertSame(TextRun.Split(line), "first line\nsecond  a-z \\ line [abc]\n\nlast -x line"u8.ToArray());

    [Fact]
    public void Tee_WritesToAllFiles_AndAppends()
    {
        string[] words = ["tee", "-a", Path.Combine(_root, "new"), Path.Combine(_root, "open")];
        Assert.Equal("xyz\n", TextRun.Ours(Tee.Run, words, "xyz\n"u8.ToArray()).Output);
        Assert.Equal("xyz\n", File.ReadAllText(words[2]));
        Assert.Equal("one\ntwo\nthreexyz\n", File.ReadAllText(words[3]));
        TextRun.Ours(Tee.Run, ["tee", words[2]], "1\0"u8.ToArray());
        Assert.Equal("1\0", File.ReadAllText(words[2]));
    }

    [Theory]
    [InlineData("sort -o @mixed @mixed")]
    [InlineData("sort -m -o @sorted @sorted2 @sorted")]
    [InlineData("uniq @runs @mixed")]
    public void Output_MayBeAFile(string line)
    {
        string[] words = Absolute(TextRun.Split(line));
        string[] before = [.. Directory.GetFiles(_root).Order()];
        Dictionary<string, byte[]> contents = before.ToDictionary(static path => path, File.ReadAllBytes);
        TextRun hosts = TextRun.Hosts(words, []);
        Dictionary<string, byte[]> expected = before.ToDictionary(static path => path, File.ReadAllBytes);
        foreach ((string path, byte[] bytes) in contents)
        {
            File.WriteAllBytes(path, bytes);
        }

        Assert.Equal(hosts, Run(words, []));
        Assert.All(before, path => Assert.Equal(expected[path], File.ReadAllBytes(path)));
    }

    [Theory]
    [InlineData("sha256sum", "")]
    [InlineData("sha256sum", "--tag")]
    [InlineData("sha1sum", "-b")]
    [InlineData("md5sum", "")]
    public void ChecksumList_IsCheckedAsByTheHosts(string program, string how)
    {
        string[] words = [program, .. TextRun.Split(how), .. Absolute(["@lines", "@empty", "@big", "@bs\\x"])];
        string list = TextRun.Hosts(words, []).Output;
        File.AppendAllText(Path.Combine(_root, "lines"), "changed");
        File.Delete(Path.Combine(_root, "empty"));
        foreach (string option in (string[])["-c", "-cw", "-c --quiet", "-c --status", "-c --strict"])
        {
            foreach (string contents in (string[])[list, list + "nonsense\n", "nonsense\n", "", list.Replace("\n", "\r\n", StringComparison.Ordinal), System.Text.RegularExpressions.Regex.Replace(list, "[0-9a-f]{32,}", static match => match.Value.ToUpperInvariant())])
            {
                File.WriteAllText(Path.Combine(_root, "list"), contents);
                AssertSame([program, .. TextRun.Split(option), "@list"], []);
            }
        }
    }

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")]
    public void Sha256_OfMuchA_IsThatOfTheStandard(int count, string expected)
    {
        byte[] input = new byte[count];
        input.AsSpan().Fill((byte)'a');
        Assert.Equal($"{expected}  -\n", Run(["sha256sum"], input).Output);
    }

    [Fact]
    public void Checksums_OfAllLengthsAroundABlock_AreTheHosts()
    {
        for (int length = 50; length < 132; length += 3)
        {
            byte[] input = new byte[length];
            new Random(length).NextBytes(input);
            foreach (string program in (string[])["md5sum", "sha1sum", "sha256sum", "cksum"])
            {
                Assert.Equal(TextRun.Hosts([program], input), Run([program], input));
            }
        }
    }

    [Fact]
    public void RandomInputsAndOptions_PrintWhatTheHostsPrint()
    {
        int seed = Environment.TickCount;
        Random random = new(seed);
        string[] lines =
        [
            "sort", "sort -n", "sort -u", "sort -f", "sort -k 2", "sort -k 2,2n -k 1", "sort -t , -k 2,3", "sort -t , -k 2n -r", "sort -b -k 1.2", "sort -d", "sort -k 1.2,2.1", "sort -t , -k 2.2,3.1r",
            "uniq", "uniq -c", "uniq -d", "uniq -i", "cut -b 2-4,6", "cut -d , -f 2-", "cut -d , -f 1,3 -s", "head -n 3", "head -c 11", "head -n -2", "tail -n 2", "tail -n +2", "tail -c 9",
            "wc", "tr a-c x-z", "tr -d ,", "tr -s abc", "tr -cs a-z .",
        ];
        for (int i = 0; i < 60; i++)
        {
            byte[] input = RandomText(random);
            string line = lines[random.Next(lines.Length)];
            TextRun expected = TextRun.Hosts(TextRun.Split(line), input);
            Assert.True(expected == Run(TextRun.Split(line), input), $"{line} with seed {seed} on {Encoding.Latin1.GetString(input).Replace("\n", "\\n", StringComparison.Ordinal)}");
        }
    }

    private static byte[] RandomText(Random random)
    {
        const string Characters = "aaabbbcABC  ,,\n\n\n012-.\t_";
        byte[] bytes = new byte[random.Next(120)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Characters[random.Next(Characters.Length)];
        }

        return bytes;
    }

    private void AssertSame(string[] line, byte[] input)
    {
        string[] words = Absolute(line);
        TextRun expected = TextRun.Hosts(words, input);
        TextRun run = Run(words, input);
        Assert.Equal(expected.Output, run.Output);
        Assert.Equal(expected.Status, run.Status);
        Assert.Equal(WithoutHints(expected.Errors), WithoutHints(run.Errors));
    }

    private static TextRun Run(string[] words, byte[] input)
    {
        (TextMain main, int troubleStatus) = s_programs[words[0]];
        return TextRun.Ours(main, words, input, troubleStatus);
    }

    private string[] Absolute(string[] words) => [.. words.Select(word => word.StartsWith('@') ? Path.Combine(_root, word[1..]) : word)];

    private void Write(string name, string text) => File.WriteAllBytes(Path.Combine(_root, name), Encoding.Latin1.GetBytes(text));

    /// <summary>Where help is, is not said alike everywhere.</summary>
    private static string WithoutHints(string errors) =>
        string.Join('\n', errors.Split('\n').Where(static line => !line.StartsWith("Try '", StringComparison.Ordinal)));
}
