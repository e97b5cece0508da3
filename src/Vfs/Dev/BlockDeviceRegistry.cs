namespace KernelSockets.Vfs.Dev;

/// <summary>Disks, partitions and memory images by number. Drivers enter theirs at start-up; mount and opening a device node look them up.</summary>
public sealed class BlockDeviceRegistry
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, BlockDevice> _devices = [];

    /// <summary>Enters a device.</summary>
    /// <returns><see cref="Errno.EBUSY"/> when the number is taken.</returns>
    public Errno Register(DeviceNumber number, BlockDevice device)
    {
        lock (_gate)
        {
            return _devices.TryAdd(number.Encoded, device) ? Errno.Success : Errno.EBUSY;
        }
    }

    /// <summary>The device with a number; null when there is none.</summary>
    public BlockDevice? Find(DeviceNumber number)
    {
        lock (_gate)
        {
            return _devices.GetValueOrDefault(number.Encoded);
        }
    }

    /// <summary>All devices, by number; a copy.</summary>
    public IReadOnlyList<(DeviceNumber Number, BlockDevice Device)> All()
    {
        lock (_gate)
        {
            return [.. _devices.Select(static entry => (DeviceNumber.Decode(entry.Key), entry.Value))];
        }
    }
}
