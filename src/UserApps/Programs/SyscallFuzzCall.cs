namespace KernelSockets.UserApps.Programs;

/// <summary>What an argument of a call is when it is right.</summary>
internal enum SyscallFuzzKind
{
    /// <summary>A number that stays as it is.</summary>
    Fixed,

    /// <summary>A number that may be wild.</summary>
    Number,

    /// <summary>A descriptor, by its place in <see cref="SyscallFuzzWorld"/>, that may be wild.</summary>
    Descriptor,

    /// <summary>Memory, by its offset in <see cref="SyscallFuzzWorld"/>, that may be wild.</summary>
    Memory,

    /// <summary>As <see cref="Memory"/>, but never wild.</summary>
    FixedMemory,

    /// <summary>As <see cref="Descriptor"/>, but never wild.</summary>
    FixedDescriptor,

    /// <summary>A path, by its offset in <see cref="SyscallFuzzWorld"/>; in its place may stand another one, or anything that memory may be.</summary>
    Path,

    /// <summary>As <see cref="Path"/>, where a directory's descriptor stands before it: it may be a relative one.</summary>
    RelativePath,
}

/// <summary>An argument.</summary>
internal readonly record struct SyscallFuzzArgument(SyscallFuzzKind Kind, long Value);

/// <summary>A system call that is right as it stands.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Number">Its number, Linux x86-64.</param>
/// <param name="MakesDescriptor">True when a success is a descriptor, which is closed again.</param>
/// <param name="Arguments">Up to six.</param>
internal sealed record SyscallFuzzCall(string Name, long Number, bool MakesDescriptor, params SyscallFuzzArgument[] Arguments)
{
    public static IReadOnlyList<SyscallFuzzCall> Events { get; } =
    [
        new("eventfd2", 290, true, Fixed(3), Wildable(0x80800)),
        new("epoll_create", 213, true, Wildable(1)),
        new("epoll_create1", 291, true, Wildable(0x80000)),
        new("epoll_ctl", 233, false, Descriptor(SyscallFuzzWorld.Epoll), Wildable(1), Descriptor(SyscallFuzzWorld.Event), Memory(SyscallFuzzWorld.EventArea)),
        new("epoll_ctl", 233, false, Descriptor(SyscallFuzzWorld.Epoll), Wildable(2), Descriptor(SyscallFuzzWorld.Event), Memory(SyscallFuzzWorld.EventArea)),
        new("epoll_ctl", 233, false, Descriptor(SyscallFuzzWorld.Epoll), Wildable(3), Descriptor(SyscallFuzzWorld.Reader), Memory(SyscallFuzzWorld.EventArea)),
        new("epoll_wait", 232, false, Descriptor(SyscallFuzzWorld.Epoll), FixedMemory(SyscallFuzzWorld.OutArea), Wildable(8), Fixed(0)),
        new("epoll_pwait", 281, false, Descriptor(SyscallFuzzWorld.Epoll), FixedMemory(SyscallFuzzWorld.OutArea), Wildable(8), Fixed(0), Fixed(0), Fixed(8)),
        new("poll", 7, false, Memory(SyscallFuzzWorld.PollArea), Wildable(4), Fixed(0)),
        new("select", 23, false, Wildable(64), Memory(SyscallFuzzWorld.ZeroArea), Fixed(0), Fixed(0), FixedMemory(SyscallFuzzWorld.ZeroArea)),
        new("pselect6", 270, false, Wildable(64), Fixed(0), Memory(SyscallFuzzWorld.ZeroArea), Fixed(0), FixedMemory(SyscallFuzzWorld.ZeroArea), Fixed(0)),
        new("read", 0, false, Descriptor(SyscallFuzzWorld.Event), FixedMemory(SyscallFuzzWorld.OutArea), Wildable(8)),
        new("write", 1, false, Descriptor(SyscallFuzzWorld.Event), FixedMemory(SyscallFuzzWorld.OneArea), Fixed(8)),
        new("fcntl", 72, false, Descriptor(SyscallFuzzWorld.Event), Fixed(1), Fixed(0)),
        new("fcntl", 72, false, Descriptor(SyscallFuzzWorld.Reader), Fixed(3), Fixed(0)),
        new("fcntl", 72, false, Descriptor(SyscallFuzzWorld.Event), Fixed(999), Fixed(0)),
        new("dup", 32, true, Descriptor(SyscallFuzzWorld.Event)),
        new("close", 3, false, Fixed(-1)),
        new("accept4", 288, true, Descriptor(SyscallFuzzWorld.Event), Fixed(0), Fixed(0), Wildable(0)),
        new("bind", 49, false, Descriptor(SyscallFuzzWorld.Event), Memory(SyscallFuzzWorld.AddressArea), Fixed(16)),
        new("sendto", 44, false, Descriptor(SyscallFuzzWorld.Reader), FixedMemory(SyscallFuzzWorld.OneArea), Fixed(8), Fixed(0), Fixed(0), Fixed(0)),
        new("socket", 41, true, Fixed(0), Wildable(2), Fixed(0)),
    ];

    public static IReadOnlyList<SyscallFuzzCall> Sockets { get; } =
    [
        new("socket", 41, true, Fixed(2), Fixed(2), Wildable(17)),
        new("socketpair", 53, false, Fixed(2), Fixed(2), Fixed(0), Memory(SyscallFuzzWorld.OutArea)),
        new("bind", 49, false, Descriptor(SyscallFuzzWorld.Socket), Memory(SyscallFuzzWorld.AddressArea), Wildable(16)),
        new("connect", 42, false, Descriptor(SyscallFuzzWorld.Socket), Memory(SyscallFuzzWorld.AddressArea), Wildable(16)),
        new("listen", 50, false, Descriptor(SyscallFuzzWorld.Socket), Wildable(5)),
        new("accept4", 288, true, Descriptor(SyscallFuzzWorld.Socket), Fixed(0), Fixed(0), Wildable(0)),
        new("sendto", 44, false, Descriptor(SyscallFuzzWorld.Socket), FixedMemory(SyscallFuzzWorld.OneArea), Fixed(8), Fixed(0), Memory(SyscallFuzzWorld.AddressArea), Wildable(16)),
        new("sendto", 44, false, Descriptor(SyscallFuzzWorld.Socket), FixedMemory(SyscallFuzzWorld.OneArea), Fixed(70_000), Fixed(0), FixedMemory(SyscallFuzzWorld.AddressArea), Fixed(16)),
        new("recvfrom", 45, false, Descriptor(SyscallFuzzWorld.Socket), FixedMemory(SyscallFuzzWorld.OutArea), Wildable(64), Fixed(0x40), Fixed(0), Fixed(0)),
        new("getsockopt", 55, false, Descriptor(SyscallFuzzWorld.Socket), Fixed(1), Fixed(3), Memory(SyscallFuzzWorld.OutArea), Memory(SyscallFuzzWorld.FourArea)),
        new("getsockopt", 55, false, Descriptor(SyscallFuzzWorld.Socket), Fixed(1), Fixed(9999), FixedMemory(SyscallFuzzWorld.OutArea), Memory(SyscallFuzzWorld.FourArea)),
        new("setsockopt", 54, false, Descriptor(SyscallFuzzWorld.Socket), Fixed(1), Fixed(6), Memory(SyscallFuzzWorld.OneArea), Fixed(4)),
        new("getsockname", 51, false, Descriptor(SyscallFuzzWorld.Socket), Memory(SyscallFuzzWorld.OutArea), Memory(SyscallFuzzWorld.FourArea)),
        new("sendmsg", 46, false, Descriptor(SyscallFuzzWorld.Socket), Memory(SyscallFuzzWorld.HeaderArea), Fixed(0)),
        new("recvmsg", 47, false, Descriptor(SyscallFuzzWorld.Socket), Memory(SyscallFuzzWorld.HeaderArea), Fixed(0x40)),
        new("shutdown", 48, false, Descriptor(SyscallFuzzWorld.Socket), Fixed(9)),
    ];

    internal static SyscallFuzzArgument Fixed(long value) => new(SyscallFuzzKind.Fixed, value);

    internal static SyscallFuzzArgument Wildable(long value) => new(SyscallFuzzKind.Number, value);

    internal static SyscallFuzzArgument Descriptor(int index) => new(SyscallFuzzKind.Descriptor, index);

    internal static SyscallFuzzArgument Memory(int offset) => new(SyscallFuzzKind.Memory, offset);

    internal static SyscallFuzzArgument FixedMemory(int offset) => new(SyscallFuzzKind.FixedMemory, offset);

    internal static SyscallFuzzArgument WithoutWildness(int index) => new(SyscallFuzzKind.FixedDescriptor, index);

    internal static SyscallFuzzArgument PathOf(int offset) => new(SyscallFuzzKind.Path, offset);

    internal static SyscallFuzzArgument RelativePathOf(int offset) => new(SyscallFuzzKind.RelativePath, offset);
}
