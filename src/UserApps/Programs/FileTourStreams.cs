using System.Text;
using Microsoft.Win32.SafeHandles;

namespace KernelSockets.UserApps.Programs;

/// <summary>The part of <see cref="FileTour"/> with streams: positions, sharing, locks, random access, asynchronous calls.</summary>
internal static class FileTourStreams
{
    private const int Large = 1_000_000;

    public static void Seek(FileTourStop stop)
    {
        string path = stop.At("stream");
        using (FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, bufferSize: 16))
        {
            stream.Write("0123456789abcdefghijklmnopqrstuvwxyz"u8);
            stop.Tell("position", $"{stream.Position} {stream.Length} {stream.CanSeek}");
            stream.Seek(-6, SeekOrigin.End);
            stop.Tell("read", (char)stream.ReadByte());
            stream.Position = 10;
            stream.Write("ABC"u8);
            stream.SetLength(20);
            stream.Seek(10, SeekOrigin.End);
            stream.WriteByte((byte)'!');
            stop.Tell("hole", $"{stream.Length} {stream.Position}");
            stop.Try("before the start", () => stream.Seek(-1, SeekOrigin.Begin));
            stream.Flush(flushToDisk: true);
        }

        stop.Tell("content", File.ReadAllText(path).Replace('\0', '.'));
        using (FileStream appending = new(path, FileMode.Append))
        {
            appending.Write("end"u8);
            stop.Try("before what was there", () => appending.Seek(0, SeekOrigin.Begin));
        }

        using (FileStream truncated = new(path, FileMode.Truncate))
        {
            stop.Tell("truncated", truncated.Length);
        }

        stop.Try("write to what is open for reading", () =>
        {
            using FileStream reading = File.OpenRead(path);
            reading.WriteByte(1);
        });
        File.Delete(path);
    }

    public static void Share(FileTourStop stop)
    {
        string path = stop.At("shared");
        File.WriteAllText(path, "shared");
        using (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read))
        {
            stop.Tell("a second reader", File.ReadAllText(path));
            stop.Try("alone beside a reader", () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None).Dispose());
        }

        using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            stop.Try("beside one alone", () => File.ReadAllText(path));
            stop.Try("write beside one alone", () => File.WriteAllText(path, ""));
            File.Move(path, stop.At("renamed"));
            File.Move(stop.At("renamed"), path);
        }

        stop.Tell("afterwards", File.ReadAllText(path));
        using (FileStream doomed = new(path, FileMode.Open, FileAccess.Read, FileShare.Delete, 1, FileOptions.DeleteOnClose))
        {
            stop.Tell("doomed", doomed.Length);
        }

        stop.Tell("deleted on close", File.Exists(path));
    }

    public static void LockParts(FileTourStop stop)
    {
        string path = stop.At("locked");
        using (FileStream stream = new(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            stream.SetLength(100);
            stream.Lock(10, 20);
            stream.Lock(0, 0);
            stream.Unlock(15, 5);
            stop.Try("unlock what is not locked", () => stream.Unlock(50, 10));
            stop.Try("lock before the start", () => stream.Lock(-1, 10));
        }

        using (FileStream reading = File.OpenRead(path))
        {
            stop.Try("lock what is open for reading", () => reading.Lock(0, 10));
        }

        File.Delete(path);
    }

    public static void AccessAtRandom(FileTourStop stop)
    {
        string path = stop.At("random");
        using (SafeFileHandle handle = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.RandomAccess, preallocationSize: 1000))
        {
            RandomAccess.Write(handle, "beginning"u8, 0);
            RandomAccess.Write(handle, [Encoding.ASCII.GetBytes("one"), Encoding.ASCII.GetBytes("two")], 100);
            byte[] first = new byte[4];
            byte[] second = new byte[4];
            stop.Tell("scattered", $"{RandomAccess.Read(handle, [first, second], 98)} {Convert.ToHexString(first)} {Convert.ToHexString(second)}");
            stop.Tell("behind the end", RandomAccess.Read(handle, first, 1000));
            RandomAccess.SetLength(handle, 5);
            RandomAccess.FlushToDisk(handle);
            stop.Tell("length", RandomAccess.GetLength(handle));
        }

        File.Delete(path);
    }

    public static async Task RunAsynchronously(FileTourStop stop)
    {
        string path = stop.At("large");
        byte[] data = new byte[Large];
        new Random(5).NextBytes(data);
        FileStream writing = new(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 4096, useAsync: true);
        await using (writing.ConfigureAwait(false))
        {
            for (int i = 0; i < data.Length; i += 100_000)
            {
                await writing.WriteAsync(data.AsMemory(i, 100_000)).ConfigureAwait(false);
            }
        }

        byte[] read = await File.ReadAllBytesAsync(path).ConfigureAwait(false);
        stop.Tell("asynchronous", read.AsSpan().SequenceEqual(data));
        byte[][] parts = await Task.WhenAll(Enumerable.Range(0, 10).Select(async part =>
        {
            using SafeFileHandle handle = File.OpenHandle(path, options: FileOptions.Asynchronous);
            byte[] piece = new byte[Large / 10];
            int count = await RandomAccess.ReadAsync(handle, piece, part * (Large / 10)).ConfigureAwait(false);
            return piece[..count];
        })).ConfigureAwait(false);
        stop.Tell("in parts", parts.SelectMany(static part => part).SequenceEqual(data));
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync().ConfigureAwait(false);
        try
        {
            await File.ReadAllBytesAsync(path, cancelled.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception)
        {
            stop.Tell("cancelled", exception.GetType().Name);
        }

        int lines = 0;
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, 1000).Select(static i => $"{i}")).ConfigureAwait(false);
        await foreach (string line in File.ReadLinesAsync(path).ConfigureAwait(false))
        {
            lines += line.Length;
        }

        stop.Tell("lines", lines);
        File.Delete(path);
    }
}
