using System.Globalization;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Programs;

/// <summary>
/// syscallfuzz: makes system calls of which one argument is wild, the same ones for the same seed, and prints what each returned. What it prints on Linux is
/// what it has to print here.
/// </summary>
internal static class SyscallFuzz
{
    public const string Help = """
        Usage: syscallfuzz [-g GROUP] [-n COUNT] [-s SEED]
        Makes COUNT (2000) system calls with one wild argument each, and prints what each returned.
          -g   which calls: epoll, eventfd, poll, select, fcntl (events, the default), those on sockets, on paths (names), or on files

        """;

    public const int DefaultCount = 2000;
    public const int DefaultSeed = 1;

    private const string Events = "events";
    private const string Sockets = "sockets";
    private const string Names = "names";
    private const string Files = "files";

    public static int Main(string[] args)
    {
        int count = DefaultCount;
        int seed = DefaultSeed;
        string group = Events;
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            bool isGood = args[i] switch
            {
                "-n" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count),
                "-s" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                "-g" => (group = value) is Events or Sockets or Names or Files,
                _ => false,
            };
            if (!isGood)
            {
                Console.Error.Write(Help);
                return 2;
            }
        }

        Run(group, count, seed, Console.Out);
        return 0;
    }

    /// <summary>Makes the calls.</summary>
    public static void Run(string group, int count, int seed, TextWriter output)
    {
        using SyscallFuzzWorld world = new(withSocket: group == Sockets, withFiles: group is Names or Files);
        Random random = new(seed);
        IReadOnlyList<SyscallFuzzCall> calls = group switch
        {
            Sockets => SyscallFuzzCall.Sockets,
            Names => SyscallFuzzFileCalls.Names,
            Files => SyscallFuzzFileCalls.OnDescriptors,
            _ => SyscallFuzzCall.Events,
        };
        for (int i = 0; i < count; i++)
        {
            SyscallFuzzCall call = calls[random.Next(calls.Count)];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i} {world.Make(call, random)}"));
        }
    }

    /// <summary>libc's syscall.</summary>
    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    internal static extern long Invoke(long number, long a, long b, long c, long d, long e, long f);
}
