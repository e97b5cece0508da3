using KernelSockets.UserApps.Commands;

namespace KernelSockets.UserApps.Tests.Shells;

/// <summary>Small programs that exist twice: as C# here, and as scripts for the host's shell.</summary>
internal static class TestPrograms
{
    /// <summary>The programs for the host, by name. What is missing here the host's shell has itself.</summary>
    public static IReadOnlyDictionary<string, string> HostScripts { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["args"] = "for a; do printf '[%s]' \"$a\"; done; echo",
        ["fail"] = "exit $1",
        ["first"] = "IFS= read -r l && printf '%s\\n' \"$l\"",
        ["lines"] = "n=0; while IFS= read -r l; do n=$((n+1)); done; echo $n",
        ["upper"] = "tr a-z A-Z",
        ["getenv"] = "eval \"printf '%s\\n' \\\"\\${$1-unset}\\\"\"",
        ["warn"] = "echo \"$@\" >&2",
        ["endless"] = "while printf 'y\\n'; do :; done 2>/dev/null",
    };

    /// <summary>The programs.</summary>
    public static IEnumerable<App> All(ISystem system) =>
    [
        new EchoCommand().ToApp(),
        Program("args", static arguments => Print(string.Concat(arguments.Select(static a => $"[{a}]")) + "\n")),
        Program("cat", Cat),
        Program("endless", static _ => Endless()),
        Program("fail", static arguments => int.Parse(arguments[0])),
        Program("false", static _ => 1),
        Program("first", static _ => Console.In.ReadLine() is { } line ? Print(line + "\n") : 1),
        Program("getenv", arguments => Print(system.Jobs.Environment.GetValueOrDefault(arguments[0], "unset") + "\n")),
        Program("lines", static _ => Lines()),
        Program("true", static _ => 0),
        Program("upper", static _ => Upper()),
        Program("warn", static arguments => Warn(arguments)),
        Program("[", static arguments => Test(arguments[..^1]) ? 0 : 1),
    ];

    private static App Program(string name, Func<string[], int> main) => new(name, AppGroup.Programs, "a program of the tests", "\n", main);

    private static int Print(string text)
    {
        Console.Out.Write(text);
        return 0;
    }

    private static int Warn(string[] arguments)
    {
        Console.Error.Write(string.Join(' ', arguments) + "\n");
        return 0;
    }

    private static int Endless()
    {
        while (true)
        {
            Console.Out.Write("y\n");
        }
    }

    private static int Cat(string[] arguments)
    {
        Copy(Console.In);
        return 0;
    }

    private static void Copy(TextReader input)
    {
        char[] buffer = new char[512];
        int count = input.Read(buffer, 0, buffer.Length);
        while (count > 0)
        {
            Console.Out.Write(buffer, 0, count);
            count = input.Read(buffer, 0, buffer.Length);
        }
    }

    private static int Lines()
    {
        int count = 0;
        while (Console.In.ReadLine() is not null)
        {
            count++;
        }

        return Print($"{count}\n");
    }

    private static int Upper()
    {
        while (Console.In.ReadLine() is { } line)
        {
            Print(line.ToUpperInvariant() + "\n");
        }

        return 0;
    }

    private static bool Test(string[] words) => words switch
    {
        ["!", ..] => !Test(words[1..]),
        [var text] => text.Length > 0,
        ["-n", var text] => text.Length > 0,
        ["-z", var text] => text.Length == 0,
        [var left, "=", var right] => left == right,
        [var left, "!=", var right] => left != right,
        [var left, "-eq", var right] => int.Parse(left) == int.Parse(right),
        [var left, "-lt", var right] => int.Parse(left) < int.Parse(right),
        [var left, "-gt", var right] => int.Parse(left) > int.Parse(right),
        _ => false,
    };
}
