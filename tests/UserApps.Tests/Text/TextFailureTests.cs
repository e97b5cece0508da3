using KernelSockets.UserApps.Tests.Fakes;
using KernelSockets.UserApps.Text;

namespace KernelSockets.UserApps.Tests.Text;

/// <summary>Output that cannot be written, files that grow, lines without end.</summary>
public sealed class TextFailureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public void FullDevice_IsReported(int lines)
    {
        TextRun run = TextRun.Ours(Head.Run, ["head", "-n", "1000000"], Lines(lines), output: new BrokenStream(Errno.ENOSPC));
        Assert.Equal((1, "head: write error: No space left on device\n"), (run.Status, run.Errors));
    }

    [Fact]
    public void FullDevice_IsToldAsTroubleBySort()
    {
        TextRun run = TextRun.Ours(Sort.Run, ["sort"], Lines(3), 2, "write failed: 'standard output'", new BrokenStream(Errno.ENOSPC));
        Assert.Equal((2, "sort: write failed: 'standard output': No space left on device\n"), (run.Status, run.Errors));
    }

    [Fact]
    public void ReaderThatHasGone_EndsTheProgramWithoutAWord()
    {
        using StringWriter errors = new();
        IOException failure = Assert.ThrowsAny<IOException>(() => new JobConsole(TextReader.Null, new StringWriter(), errors).Run(
            arguments => new TextProgram("yes", Stream.Null, new BrokenStream(Errno.EPIPE)).Run(Yes.Run, arguments), []));
        Assert.Equal((int)Errno.EPIPE, failure.HResult);
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public void InputThatFails_IsReported()
    {
        using StringWriter errors = new();
        int status = new JobConsole(TextReader.Null, new StringWriter(), errors).Run(
            arguments => new TextProgram("wc", new BrokenStream(Errno.EIO), Stream.Null).Run(WordCount.Run, arguments), []);
        Assert.Equal((1, "wc: 'standard input': Input/output error\n"), (status, errors.ToString()));
    }

    [Fact]
    public void InputThatFails_IsReportedByThoseWithoutFiles()
    {
        using StringWriter errors = new();
        int status = new JobConsole(TextReader.Null, new StringWriter(), errors).Run(
            arguments => new TextProgram("tr", new BrokenStream(Errno.EIO), Stream.Null).Run(Translate.Run, arguments), ["a", "b"]);
        Assert.Equal((1, "tr: read error: Input/output error\n"), (status, errors.ToString()));
    }

    [Fact]
    public void LineWithoutEnd_IsRefused()
    {
        byte[] input = new byte[LineReader.MaxLength + 1];
        TextRun run = TextRun.Ours(Uniq.Run, ["uniq"], input);
        Assert.Equal((1, "uniq: error reading '-': line too long\n"), (run.Status, run.Errors));
    }

    [Fact]
    public void TailFollowing_ShowsWhatIsAdded_AndStartsAgainWhereCut()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "1\n2\n");
            int looks = 0;
            Errno Sleep(TimeSpan time)
            {
                Assert.Equal(TimeSpan.FromSeconds(0.5), time);
                switch (++looks)
                {
                    case 1:
                        File.AppendAllText(path, "3\n");
                        return Errno.Success;
                    case 2:
                        return Errno.Success;
                    case 3:
                        File.WriteAllText(path, "4\n");
                        return Errno.Success;
                    default:
                        return Errno.EINTR;
                }
            }

            TextRun run = TextRun.Ours((program, arguments) => Tail.Run(program, arguments, Sleep), ["tail", "-n", "1", "-f", "-s", "0.5", path], []);
            Assert.Equal(new TextRun(App.InterruptedStatus, "2\n3\n4\n", $"tail: {path}: file truncated\n"), run);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Lines(int count) => System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("line\n", count)));

    /// <summary>A stream whose every call fails.</summary>
    private sealed class BrokenStream(Errno error) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new IOException("broken", (int)error);

        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("broken", (int)error);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
