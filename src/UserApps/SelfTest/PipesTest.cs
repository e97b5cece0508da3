using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.SelfTest;

/// <summary>Pipes and FIFOs under load: several readers and writers lose no byte and no wake-up, and both ends of a FIFO find each other.</summary>
internal sealed class PipesTest : RuntimeTest
{
    private const int Ends = 3;
    private const int PerWriter = 400_000;
    private const int FifoRounds = 50;
    private const int LargestWrite = 70_000;
    private const int FileMode666 = 0x1B6;

    /// <inheritdoc/>
    public override string Name => "pipes";

    /// <inheritdoc/>
    public override string Summary => "pipes and FIFOs: many readers and writers, opening, ends";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        Stress();
        Break();
        string path = Path.Combine(Path.GetTempPath(), $"selftest-fifo-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}");
        Expect.Equal(0, MakeFifo(path, FileMode666), "mkfifo");
        try
        {
            MeetInFifo(path);
        }
        finally
        {
            File.Delete(path);
        }

        return "";
    }

    private static void Stress()
    {
        using AnonymousPipeServerStream reader = new(PipeDirection.In);
        AnonymousPipeClientStream writer = new(PipeDirection.Out, reader.ClientSafePipeHandle);

        // At its first use a stream makes what it needs, and that must not be in two threads at once: one of them would get "Operation canceled".
        writer.WriteByte(1);
        Expect.Equal(1, reader.ReadByte(), "the first byte");
        long sum = 0;
        int writersLeft = Ends;
        ThreadGroup.Run(2 * Ends, number =>
        {
            if (number < Ends)
            {
                Interlocked.Add(ref sum, ReadToEnd(reader, new Random(number)));
                return;
            }

            WriteAll(writer, (byte)(number - Ends + 1), new Random(number));
            if (Interlocked.Decrement(ref writersLeft) == 0)
            {
                writer.Dispose();
            }
        });
        Expect.Equal((long)PerWriter * Ends * (Ends + 1) / 2, sum, "sum of all bytes");
    }

    private static long ReadToEnd(PipeStream reader, Random random)
    {
        byte[] buffer = new byte[LargestWrite];
        long sum = 0;
        for (int count = -1; count != 0;)
        {
            count = reader.Read(buffer, 0, random.Next(1, buffer.Length));
            foreach (byte value in buffer.AsSpan(0, count))
            {
                sum += value;
            }
        }

        return sum;
    }

    private static void WriteAll(PipeStream writer, byte value, Random random)
    {
        byte[] data = new byte[LargestWrite];
        data.AsSpan().Fill(value);
        for (int left = PerWriter; left > 0;)
        {
            int size = Math.Min(left, random.Next(3) == 0 ? random.Next(1, LargestWrite) : random.Next(1, 5000));
            writer.Write(data, 0, size);
            left -= size;
        }
    }

    private static void Break()
    {
        AnonymousPipeServerStream reader = new(PipeDirection.In);
        using AnonymousPipeClientStream writer = new(PipeDirection.Out, reader.ClientSafePipeHandle);
        reader.Dispose();
        Expect.Throws<IOException>(() => writer.WriteByte(1), "a write to a broken pipe");
    }

    private static void MeetInFifo(string path)
    {
        // A writer that opens while the reader of the round before has not closed would go on with that one.
        using Barrier rounds = new(2);
        ThreadGroup.Run(2, number =>
        {
            for (int round = 0; round < FifoRounds; round++)
            {
                if (number == 0)
                {
                    WriteFifo(path, round);
                }
                else
                {
                    ReadFifo(path, round);
                }

                Expect.True(rounds.SignalAndWait(ThreadGroup.Limit), "the other end does not come");
            }
        });
    }

    private static void WriteFifo(string path, int round)
    {
        using FileStream writer = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        writer.Write(BitConverter.GetBytes(round));
    }

    private static void ReadFifo(string path, int round)
    {
        using FileStream reader = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] bytes = new byte[sizeof(int)];
        reader.ReadExactly(bytes);
        Expect.Equal(round, BitConverter.ToInt32(bytes), "what came through the FIFO");
        Expect.Equal(0, reader.Read(bytes), "bytes after the last writer has gone");
    }

    [DllImport("libc", EntryPoint = "mkfifo", SetLastError = true)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int mode);
}
