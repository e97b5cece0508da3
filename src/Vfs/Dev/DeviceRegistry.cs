namespace KernelSockets.Vfs.Dev;

/// <summary>Character devices by number. Drivers enter theirs at start-up; opening a device node looks them up.</summary>
public sealed class DeviceRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<DeviceNumber, CharacterDevice> _devices = [];

    /// <summary>Enters a device.</summary>
    /// <returns><see cref="Errno.EBUSY"/> when the number is taken.</returns>
    public Errno Register(DeviceNumber number, CharacterDevice device)
    {
        lock (_gate)
        {
            return _devices.TryAdd(number, device) ? Errno.Success : Errno.EBUSY;
        }
    }

    /// <summary>Takes a device away; files that are open on it stay. One that is not there is ignored.</summary>
    public void Remove(DeviceNumber number)
    {
        lock (_gate)
        {
            _devices.Remove(number);
        }
    }

    /// <summary>The device with a number; null when there is none.</summary>
    public CharacterDevice? Find(DeviceNumber number)
    {
        lock (_gate)
        {
            return _devices.GetValueOrDefault(number);
        }
    }
}
