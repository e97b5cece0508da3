using System.Globalization;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Programs;

/// <summary>The descriptors and the memory that the calls of <see cref="SyscallFuzz"/> are made with.</summary>
internal sealed class SyscallFuzzWorld : IDisposable
{
    public const int Event = 0;
    public const int Epoll = 1;
    public const int Reader = 2;
    public const int Writer = 3;
    public const int Socket = 4;

    /// <summary>Zeros.</summary>
    public const int ZeroArea = 0;

    /// <summary>struct pollfd with descriptor -1.</summary>
    public const int PollArea = 0x4000;

    /// <summary>struct epoll_event for EPOLLIN.</summary>
    public const int EventArea = 0x8000;

    /// <summary>Where results go.</summary>
    public const int OutArea = 0x9000;

    /// <summary>The number 1 in eight bytes.</summary>
    public const int OneArea = 0x1_0000;

    /// <summary>A sockaddr_in of 127.0.0.1 and a port that takes everything: nothing is refused, at whatever time.</summary>
    public const int AddressArea = 0x3_0000;

    /// <summary>The number 4.</summary>
    public const int FourArea = 0x3_1000;

    /// <summary>A struct msghdr of one buffer, without a name.</summary>
    public const int HeaderArea = 0x3_2000;

    /// <summary>A struct flock: a shared lock on the first ten bytes.</summary>
    public const int LockArea = 0x2_F000;

    /// <summary>Two struct timespec.</summary>
    public const int TimesArea = 0x2_F100;

    private const int Size = 0x4_0000;
    private const int VectorArea = HeaderArea + 0x100;
    private const int BadDescriptor = 16_000;

    // Not 1: sockets of ICMP are there or not, depending on how Linux is configured.
    private static readonly long[] s_wildNumbers = [-1, 0, 2, 3, 4, 7, 8, 15, 17, 28, 129, 300, 1000, int.MaxValue, int.MinValue];
    private static readonly long[] s_wildPointers = [1, 8, 0x7FFF_FFFF_F000, unchecked((long)0xDEAD_BEEF_0000_0000)];

    private readonly nint _memory = Marshal.AllocHGlobal(Size);
    private readonly long[] _descriptors;
    private readonly long _sink = -1;
    private readonly SyscallFuzzFiles? _files;

    public SyscallFuzzWorld(bool withSocket, bool withFiles)
    {
        Fill();
        if (withFiles)
        {
            _files = new SyscallFuzzFiles(_memory);
            _descriptors = _files.Descriptors;
            return;
        }

        long counter = SyscallFuzz.Invoke(290, 1, 0x80800, 0, 0, 0, 0);
        long set = SyscallFuzz.Invoke(291, 0x80000, 0, 0, 0, 0, 0);
        SyscallFuzz.Invoke(293, _memory + OutArea, 0x80800, 0, 0, 0, 0);
        long reader = Marshal.ReadInt32(_memory, OutArea);
        long writer = Marshal.ReadInt32(_memory, OutArea + sizeof(int));
        long socket = withSocket ? SyscallFuzz.Invoke(41, 2, 2 | 0x80800, 0, 0, 0, 0) : -1;
        if (withSocket)
        {
            const int AddressSize = 16;
            _sink = SyscallFuzz.Invoke(41, 2, 2, 0, 0, 0, 0);
            SyscallFuzz.Invoke(49, _sink, _memory + AddressArea, AddressSize, 0, 0, 0);
        }

        _descriptors = [counter, set, reader, writer, socket];
    }

    /// <summary>Makes a call with one wild argument, or none.</summary>
    /// <returns>The call in words that do not depend on where things are, and its result.</returns>
    public string Make(SyscallFuzzCall call, Random random)
    {
        Restore();
        _files?.Restore();
        int wild = random.Next(call.Arguments.Length + 1);
        long[] values = new long[6];
        List<string> words = [];
        for (int i = 0; i < call.Arguments.Length; i++)
        {
            (values[i], string word) = i == wild ? Wild(call.Arguments[i], random) : Right(call.Arguments[i]);
            words.Add(word);
        }

        long result = SyscallFuzz.Invoke(call.Number, values[0], values[1], values[2], values[3], values[4], values[5]);
        int error = Marshal.GetLastPInvokeError();
        if (result >= 0 && call.MakesDescriptor)
        {
            SyscallFuzz.Invoke(3, result, 0, 0, 0, 0, 0);
            result = 0;
        }

        string told = result >= 0 ? result.ToString(CultureInfo.InvariantCulture) : ((Errno)error).ToString();
        return $"{call.Name}({string.Join(", ", words)}) = {told}";
    }

    public void Dispose()
    {
        _files?.Dispose();
        foreach (long fd in _files is null ? _descriptors : [])
        {
            SyscallFuzz.Invoke(3, fd, 0, 0, 0, 0, 0);
        }

        SyscallFuzz.Invoke(3, _sink, 0, 0, 0, 0, 0);
        Marshal.FreeHGlobal(_memory);
    }

    private static string Hexadecimal(long value) => string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    private (long Value, string Word) Right(SyscallFuzzArgument argument) => argument.Kind switch
    {
        SyscallFuzzKind.Descriptor or SyscallFuzzKind.FixedDescriptor => (_descriptors[argument.Value], $"fd{argument.Value}"),
        SyscallFuzzKind.Memory or SyscallFuzzKind.FixedMemory or SyscallFuzzKind.Path or SyscallFuzzKind.RelativePath => (_memory + (nint)argument.Value, $"&{Hexadecimal(argument.Value)}"),
        _ => (argument.Value, argument.Value.ToString(CultureInfo.InvariantCulture)),
    };

    private (long Value, string Word) Wild(SyscallFuzzArgument argument, Random random)
    {
        switch (argument.Kind)
        {
            case SyscallFuzzKind.Number:
                long number = s_wildNumbers[random.Next(s_wildNumbers.Length)];
                return (number, number.ToString(CultureInfo.InvariantCulture));
            case SyscallFuzzKind.Memory:
                long pointer = s_wildPointers[random.Next(s_wildPointers.Length)];
                return (pointer, Hexadecimal(pointer));
            case SyscallFuzzKind.Descriptor:
                int index = random.Next((_files is null ? _descriptors.Length : SyscallFuzzFiles.WildDescriptors) + 1) - 1;
                return index < 0 || _descriptors[index] < 0 ? (BadDescriptor, "none") : (_descriptors[index], $"fd{index}");
            case SyscallFuzzKind.Path or SyscallFuzzKind.RelativePath:
                int paths = argument.Kind == SyscallFuzzKind.Path ? SyscallFuzzFiles.AbsolutePaths : SyscallFuzzFiles.Paths;
                int path = random.Next(paths + 1);
                return path < paths
                    ? Right(SyscallFuzzCall.Memory(SyscallFuzzFiles.PathAt(path)))
                    : Wild(SyscallFuzzCall.Memory(0), random);
            default:
                return Right(argument);
        }
    }

    /// <summary>Writes what calls may have changed, so that each finds the same.</summary>
    private void Restore()
    {
        Marshal.WriteInt32(_memory, FourArea, 4);
        Marshal.WriteInt32(_memory, HeaderArea + 48, 0);
        for (int i = 0; i < 0x4000; i += sizeof(long))
        {
            Marshal.WriteInt64(_memory, ZeroArea + i, 0);
        }
    }

    private void Fill()
    {
        Marshal.Copy(new byte[Size], 0, _memory, Size);
        for (int i = PollArea; i < EventArea; i += sizeof(long))
        {
            Marshal.WriteInt64(_memory, i, uint.MaxValue);
        }

        Marshal.WriteInt64(_memory, LockArea + 16, 10);
        Marshal.WriteInt64(_memory, TimesArea, 1000);
        Marshal.WriteInt64(_memory, TimesArea + 16, 2000);
        Marshal.WriteInt32(_memory, EventArea, 1);
        Marshal.WriteInt64(_memory, OneArea, 1);
        Marshal.Copy(new byte[] { 2, 0, 0xB3, 0xAF, 127, 0, 0, 1 }, 0, _memory + AddressArea, 8);
        Marshal.WriteInt64(_memory, HeaderArea + 16, _memory + VectorArea);
        Marshal.WriteInt64(_memory, HeaderArea + 24, 1);
        Marshal.WriteInt64(_memory, VectorArea, _memory + OutArea);
        Marshal.WriteInt64(_memory, VectorArea + sizeof(long), 16);
    }
}
