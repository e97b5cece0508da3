using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace KernelSockets.UserApps.Programs;

/// <summary>filebench: how fast files and pipes are, by an ordinary program. <c>scripts/lib/filebench.c</c> does the same for Linux.</summary>
internal static class FileBench
{
    public const string Help = """
        Usage: filebench TEST DIRECTORY
        Measures one thing on the file system of DIRECTORY and prints one line: TEST, a figure, its unit.
          write    writes a file of 64 MiB in pieces of 64 KiB and waits until the disk has it
          read     reads that file in pieces of 64 KiB
          pread    reads 4 KiB at random places of its first 8 MiB, after these were read once
          create   makes 10,000 files of 100 bytes in 100 directories and waits until the disk has them
          find     visits all of them and adds up their sizes
          remove   removes them and waits until the disk knows
          pipe     moves 64 MiB through a pipe, 4 KiB a write

        """;

    private const int FileSize = 64 << 20;
    private const int Piece = 64 << 10;
    private const int Page = 4096;
    private const int WarmSize = 8 << 20;
    private const int Reads = 50_000;
    private const int Directories = 100;
    private const int FilesEach = 100;
    private const int SmallSize = 100;
    private const double Mebibyte = 1 << 20;
    private const int RegularFile = 1; // FTW_F of musl; 0 in glibc, which this program does not run on
    private const int PhysicalWalk = 1; // FTW_PHYS
    private const int DepthFirst = 8; // FTW_DEPTH
    private const int OpenDirectories = 16;
    private const int StatSizeOffset = 48; // st_size

    /// <summary>What nftw(3) calls for each name.</summary>
    private delegate int Visitor(nint path, nint status, int type, nint at);

    public static int Main(string[] args)
    {
        if (args is not [string test, string directory] || !Directory.Exists(directory))
        {
            Console.Error.Write(Help);
            return 2;
        }

        string file = Path.Combine(directory, "filebench.data");
        string tree = Path.Combine(directory, "filebench.tree");
        long start = Stopwatch.GetTimestamp();
        (double amount, string unit) = test switch
        {
            "write" => (Write(file), "MiB/s"),
            "read" => (Read(file), "MiB/s"),
            "pread" => (ReadAtRandom(file, out start), "1/s"),
            "create" => (Create(tree), "1/s"),
            "find" => (Find(tree), "1/s"),
            "remove" => (Remove(tree), "1/s"),
            "pipe" => (MoveThroughPipe(), "MiB/s"),
            _ => (0, string.Empty),
        };
        if (unit.Length == 0)
        {
            Console.Error.WriteLine($"filebench: there is no test '{test}'");
            return 2;
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{test} {amount / seconds:F1} {unit}"));
        return 0;
    }

    private static double Write(string path)
    {
        byte[] data = new byte[Piece];
        new Random(1).NextBytes(data);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        for (long position = 0; position < FileSize; position += Piece)
        {
            RandomAccess.Write(file, data, position);
        }

        RandomAccess.FlushToDisk(file);
        return FileSize / Mebibyte;
    }

    private static double Read(string path)
    {
        byte[] data = new byte[Piece];
        long position = 0;
        using SafeFileHandle file = File.OpenHandle(path);
        for (int count = -1; count != 0; position += count)
        {
            count = RandomAccess.Read(file, data, position);
        }

        return position / Mebibyte;
    }

    private static double ReadAtRandom(string path, out long start)
    {
        byte[] data = new byte[Page];
        Random random = new(2);
        using SafeFileHandle file = File.OpenHandle(path);
        for (int position = 0; position < WarmSize; position += Page)
        {
            ReadPage(file, data, position);
        }

        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Reads; i++)
        {
            ReadPage(file, data, (long)random.Next(WarmSize / Page) * Page);
        }

        return Reads;
    }

    private static void ReadPage(SafeFileHandle file, byte[] data, long position)
    {
        if (RandomAccess.Read(file, data, position) != Page)
        {
            throw new EndOfStreamException("the file of the test 'write' is too short");
        }
    }

    private static double Create(string tree)
    {
        byte[] data = new byte[SmallSize];
        for (int d = 0; d < Directories; d++)
        {
            string directory = Path.Combine(tree, d.ToString(CultureInfo.InvariantCulture));
            Directory.CreateDirectory(directory);
            for (int f = 0; f < FilesEach; f++)
            {
                using SafeFileHandle file = File.OpenHandle(Path.Combine(directory, f.ToString(CultureInfo.InvariantCulture)), FileMode.CreateNew, FileAccess.Write);
                RandomAccess.Write(file, data, 0);
            }
        }

        Synchronize();
        return Directories * FilesEach;
    }

    /// <summary>By nftw(3), as the program for Linux: it is the kernel that is measured, not what the class library makes of each name.</summary>
    private static double Find(string tree)
    {
        long count = 0;
        long bytes = 0;
        int Visit(nint path, nint status, int type, nint at)
        {
            count += type == RegularFile ? 1 : 0;
            bytes += type == RegularFile ? Marshal.ReadInt64(status, StatSizeOffset) : 0;
            return 0;
        }

        Visitor visitor = Visit;
        int result = Walk(tree, visitor, OpenDirectories, PhysicalWalk);
        GC.KeepAlive(visitor);
        return result == 0 && bytes == count * SmallSize && count == Directories * FilesEach
            ? count
            : throw new IOException($"{count} files with {bytes} bytes in all: that is not what was written");
    }

    private static double Remove(string tree)
    {
        Visitor visitor = static (path, _, _, _) => RemoveName(path);
        int result = Walk(tree, visitor, OpenDirectories, PhysicalWalk | DepthFirst);
        GC.KeepAlive(visitor);
        Synchronize();
        return result == 0 ? Directories * FilesEach : throw new IOException("not everything could be removed");
    }

    private static double MoveThroughPipe()
    {
        using AnonymousPipeServerStream writer = new(PipeDirection.Out);
        using AnonymousPipeClientStream reader = new(PipeDirection.In, writer.ClientSafePipeHandle);
        Thread thread = new(() =>
        {
            byte[] data = new byte[Page];
            for (int i = 0; i < FileSize / Page; i++)
            {
                writer.Write(data);
            }
        })
        { Name = "writer" };
        thread.Start();
        byte[] taken = new byte[Page];
        for (long left = FileSize; left > 0;)
        {
            left -= reader.Read(taken);
        }

        thread.Join();
        return FileSize / Mebibyte;
    }

    [DllImport("libc", EntryPoint = "nftw", SetLastError = true)]
    private static extern int Walk([MarshalAs(UnmanagedType.LPUTF8Str)] string path, Visitor visitor, int openDirectories, int flags);

    [DllImport("libc", EntryPoint = "remove", SetLastError = true)]
    private static extern int RemoveName(nint path);

    /// <summary>sync(2).</summary>
    [DllImport("libc", EntryPoint = "sync")]
    private static extern void Synchronize();
}
