using KernelSockets.Vfs.Events;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

/// <summary>
/// Alone: while another test forks, its child holds the ends that are open, however shortly, and a pipe that all have closed here is not closed yet.
/// </summary>
[CollectionDefinition(nameof(LinuxPipeDifferenceTests), DisableParallelization = true)]
public sealed class AloneDefinition;

/// <summary>Random calls on the ends of a pipe, the same ones to the host's Linux: every outcome, every byte and every answer of poll has to agree.</summary>
[Collection(nameof(LinuxPipeDifferenceTests))]
public sealed class LinuxPipeDifferenceTests
{
    private const int Steps = 5000;
    private const int MostEnds = 5;
    private const int GetPipeSize = 1032;
    private const int SetPipeSize = 1031;

    private static readonly int[] s_sizes = [0, 1, 2, 100, 4000, 4095, 4096, 4097, 8191, 8192, 8193, 20_000, 65_535, 65_536, 65_537, 100_000];
    private static readonly int[] s_pipeSizes = [0, 1, 4096, 4097, 8192, 12_288, 65_536, 100_000, 1 << 20, -1, int.MinValue, int.MinValue + 1];

    [Fact]
    public void Pipe_UnderRandomCalls_BehavesAsLinux()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            using Pair pair = new(seed);
            pair.OpenPair();
            for (int step = 0; step < Steps && pair.Ends > 0; step++)
            {
                // An end is closed only when the run is nearly over.
                pair.Step(step, mayClose: step > Steps * 9 / 10, mayOpen: false);
            }
        }
    }

    [Fact]
    public void Fifo_UnderRandomCalls_BehavesAsLinux()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            using Pair pair = new(seed);
            for (int step = 0; step < Steps; step++)
            {
                pair.Step(step, mayClose: true, mayOpen: true);
            }
        }
    }

    /// <summary>The same FIFO here and there, with the same ends open.</summary>
    private sealed class Pair(int seed) : IDisposable
    {
        private static readonly OpenFlags[] s_ways = [OpenFlags.ReadOnly, OpenFlags.WriteOnly, OpenFlags.ReadWrite];

        private readonly Random _random = new(seed);
        private readonly HostPipe _host = new();
        private readonly Fixture _files = MakeFiles();
        private readonly List<int> _descriptors = [];
        private EpollSet? _set;
        private byte _lastByte;
        private ulong _lastTag;

        private EpollSet Set => _set ??= MakeSet();

        public int Ends => _descriptors.Count;

        public void OpenPair()
        {
            _host.OpenPair();
            Assert.Equal(Errno.Success, _files.Vfs.Pipes.TryCreate(OpenFlags.NonBlocking, out OpenFile? reader, out OpenFile? writer));
            Install(reader!);
            Install(writer!);
        }

        public void Step(int step, bool mayClose, bool mayOpen)
        {
            if (Ends == 0 || (mayOpen && Ends < MostEnds && _random.Next(20) == 0))
            {
                OpenFlags flags = s_ways[_random.Next(s_ways.Length)] | OpenFlags.NonBlocking;
                Compare(step, $"open {flags}", Open(flags), _host.Open(flags));
                CompareEdges(step, $"open {flags}");
                return;
            }

            int end = _random.Next(Ends);
            OpenFile file = File(end);
            switch (_random.Next(mayClose ? 22 : 21))
            {
                case < 8:
                    CompareRead(step, end, file, Size());
                    break;
                case < 16:
                    byte[] data = Data(Size());
                    Compare(step, $"write {end} {data.Length}", file.Write(data), _host.Write(end, data));
                    break;
                case < 18:
                    Compare(step, $"available {end}", Available(file), _host.Available(end));
                    break;
                case < 19:
                    Compare(step, $"size {end}", Control(end, GetPipeSize, 0), _host.Size(end));
                    break;
                case < 21:
                    int size = s_pipeSizes[_random.Next(s_pipeSizes.Length)];
                    Compare(step, $"resize {end} {size}", Control(end, SetPipeSize, size), _host.Resize(end, size));
                    break;
                default:
                    Assert.Equal(Errno.Success, _files.Vfs.Files.Close(Fixture.Job, _descriptors[end]));
                    _descriptors.RemoveAt(end);
                    _host.Close(end);
                    break;
            }

            file.Release();
            CompareEdges(step, "the last call");
            ComparePolls(step);
        }

        public void Dispose() => _host.Dispose();

        private static Fixture MakeFiles()
        {
            Fixture files = new();
            Assert.Equal(Errno.Success, files.Vfs.MakeNode(files.Root, "/fifo"u8, InodeMode.Fifo | InodeMode.DefaultFile, DeviceNumber.None));
            return files;
        }

        private EpollSet MakeSet()
        {
            Assert.Equal(Errno.Success, _files.Vfs.Events.TryCreateSet(OpenFlags.ReadOnly, out OpenFile? file));
            return (EpollSet)file!.State!;
        }

        private static IoResult Available(OpenFile file)
        {
            byte[] count = new byte[4];
            IoResult result = file.Ioctl(IoctlRequest.BytesAvailable, 0, count);
            return result.IsSuccess ? IoResult.Ok(BitConverter.ToInt32(count)) : result;
        }

        private int Size() => _random.Next(3) == 0 ? _random.Next(10_000) : s_sizes[_random.Next(s_sizes.Length)];

        private byte[] Data(int size)
        {
            byte[] data = new byte[size];
            for (int i = 0; i < size; i++)
            {
                data[i] = _lastByte = (byte)((_lastByte * 5) + 1 + i);
            }

            return data;
        }

        private Errno Open(OpenFlags flags)
        {
            Errno error = _files.Vfs.TryOpen(_files.Root, "/fifo"u8, flags, default, out OpenFile? file);
            if (file is not null)
            {
                Install(file);
            }

            return error;
        }

        private void Install(OpenFile file)
        {
            Assert.Equal(Errno.Success, _files.Vfs.Files.TryInstall(Fixture.Job, file, isClosedOnExec: false, out int fd));
            _descriptors.Add(fd);
            Assert.Equal(Errno.Success, Set.Control(EpollEvent.Add, file, fd, EpollEvent.Write(++_lastTag)));
        }

        private OpenFile File(int end)
        {
            Assert.Equal(Errno.Success, _files.Vfs.Files.TryGet(Fixture.Job, _descriptors[end], out OpenFile? file));
            return file!;
        }

        private IoResult Control(int end, int command, int argument) => FileControl.Execute(_files.Vfs.Files, Fixture.Job, _descriptors[end], command, argument);

        private void CompareRead(int step, int end, OpenFile file, int size)
        {
            byte[] ours = new byte[size];
            byte[] theirs = new byte[size];
            Compare(step, $"read {end} {size}", file.Read(ours), _host.Read(end, theirs));
            Assert.True(ours.AsSpan().SequenceEqual(theirs), $"seed {seed}, step {step}: read {end} {size}: other bytes");
        }

        private void ComparePolls(int step)
        {
            const PollEvents All = PollEvents.In | PollEvents.Out | PollEvents.ReadNormal | PollEvents.WriteNormal | PollEvents.Priority | PollEvents.ReadHangUp;
            for (int end = 0; end < Ends; end++)
            {
                OpenFile file = File(end);
                Compare(step, $"poll {end}", file.Poll(All, null), _host.Poll(end, All));
                file.Release();
            }
        }

        private void CompareEdges(int step, string call)
        {
            byte[] events = new byte[16 * EpollSet.EventSize];
            IoResult result = Set.Wait(events, Instant.Zero);
            string ours = string.Join(' ', EpollEvent.Read(events.AsSpan(0, result.Count * EpollSet.EventSize)));
            Compare(step, $"edges after {call}", ours, string.Join(' ', _host.Edges()));
        }

        private void Compare<T>(int step, string call, T ours, T theirs) =>
            Assert.True(EqualityComparer<T>.Default.Equals(ours, theirs), $"seed {seed}, step {step}: {call}: {ours}, Linux says {theirs}");
    }
}
