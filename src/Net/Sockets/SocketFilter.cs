using KernelSockets.Filters;

namespace KernelSockets.Net;

/// <summary>The filter that a program has attached to a socket (SO_ATTACH_FILTER, socket(7)).</summary>
/// <remarks>Under the stack's gate.</remarks>
internal sealed class SocketFilter
{
    private BpfProgram? _program;
    private bool _isLocked;

    /// <summary>True when there is one.</summary>
    public bool IsAttached => _program is not null;

    /// <summary>Asks the filter about a packet.</summary>
    /// <param name="packet">The packet, from where the filter counts.</param>
    /// <param name="information">What else is known about it.</param>
    /// <returns>Bytes to keep, at most the packet's; 0 rejects it. Without a filter, all of them, if any.</returns>
    public int Run(ReadOnlySpan<byte> packet, in BpfPacketInformation information) =>
        _program is null ? packet.Length : (int)Math.Min(_program.Run(packet, information), (uint)packet.Length);

    /// <summary>SO_ATTACH_FILTER.</summary>
    /// <param name="value">Instructions, one after the other.</param>
    /// <returns><see cref="Errno.EPERM"/> when it is locked, <see cref="Errno.EINVAL"/> for a program that is none.</returns>
    public Errno Attach(ReadOnlySpan<byte> value)
    {
        if (_isLocked)
        {
            return Errno.EPERM;
        }

        BpfInstruction[] instructions = new BpfInstruction[value.Length / BpfInstruction.Size];
        for (int i = 0; i < instructions.Length; i++)
        {
            instructions[i] = BpfInstruction.Read(value[(i * BpfInstruction.Size)..]);
        }

        if (!BpfProgram.TryCreate(instructions, out BpfProgram? program))
        {
            return Errno.EINVAL;
        }

        _program = program;
        return Errno.Success;
    }

    /// <summary>SO_DETACH_FILTER.</summary>
    /// <returns><see cref="Errno.EPERM"/> when it is locked, <see cref="Errno.ENOENT"/> when there is none.</returns>
    public Errno Detach()
    {
        if (_isLocked)
        {
            return Errno.EPERM;
        }

        Errno result = IsAttached ? Errno.Success : Errno.ENOENT;
        _program = null;
        return result;
    }

    /// <summary>SO_LOCK_FILTER.</summary>
    /// <returns><see cref="Errno.EPERM"/> for unlocking.</returns>
    public Errno Lock(ReadOnlySpan<byte> value)
    {
        if (!OptionValue.TryRead(value, out int number))
        {
            return Errno.EINVAL;
        }

        if (_isLocked && number == 0)
        {
            return Errno.EPERM;
        }

        _isLocked = number != 0;
        return Errno.Success;
    }

    /// <summary>SO_LOCK_FILTER, read.</summary>
    public IoResult ReadLock(Span<byte> value) => OptionValue.Write(value, _isLocked ? 1 : 0);

    /// <summary>SO_GET_FILTER: unlike other options it is counted in instructions.</summary>
    /// <param name="value">Room for them; empty to ask only for their number.</param>
    /// <returns>How many there are; <see cref="Errno.EINVAL"/> when there is not room enough.</returns>
    public IoResult Read(Span<byte> value)
    {
        IReadOnlyList<BpfInstruction> instructions = _program?.Instructions ?? [];
        if (value.IsEmpty)
        {
            return IoResult.Ok(instructions.Count);
        }

        if (value.Length / BpfInstruction.Size < instructions.Count)
        {
            return Errno.EINVAL;
        }

        for (int i = 0; i < instructions.Count; i++)
        {
            instructions[i].Write(value[(i * BpfInstruction.Size)..]);
        }

        return IoResult.Ok(instructions.Count);
    }
}
