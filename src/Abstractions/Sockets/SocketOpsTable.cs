namespace KernelSockets.Sockets;

/// <summary>The socket modules of a machine, registered by <see cref="SocketType"/> (the seed's socket_ops[]).</summary>
/// <remarks>Filled at start-up, read-only afterwards.</remarks>
public sealed class SocketOpsTable
{
    private readonly SocketOps?[] _modules = new SocketOps?[Enum.GetValues<SocketType>().Length];

    /// <summary>Registers a module.</summary>
    /// <returns><see cref="Errno.EEXIST"/> when its place is taken.</returns>
    public Errno Register(SocketOps module)
    {
        ArgumentNullException.ThrowIfNull(module);
        ref SocketOps? slot = ref _modules[(int)module.Type];
        if (slot is not null)
        {
            return Errno.EEXIST;
        }

        slot = module;
        return Errno.Success;
    }

    /// <summary>The module of a type; null when there is none.</summary>
    public SocketOps? Find(SocketType type) => _modules[(int)type];
}
