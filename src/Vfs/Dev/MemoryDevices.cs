namespace KernelSockets.Vfs.Dev;

/// <summary>Numbers of the devices that every system has (Linux Documentation/admin-guide/devices.txt).</summary>
public static class DeviceNumbers
{
    /// <summary>/dev/null.</summary>
    public static DeviceNumber Null => new(1, 3);

    /// <summary>/dev/zero.</summary>
    public static DeviceNumber Zero => new(1, 5);

    /// <summary>/dev/full.</summary>
    public static DeviceNumber Full => new(1, 7);

    /// <summary>/dev/random.</summary>
    public static DeviceNumber Random => new(1, 8);

    /// <summary>/dev/urandom.</summary>
    public static DeviceNumber URandom => new(1, 9);

    /// <summary>/dev/tty: the terminal of the job.</summary>
    public static DeviceNumber Terminal => new(5, 0);

    /// <summary>/dev/ttyS0: the first serial line.</summary>
    public static DeviceNumber Serial => new(4, 64);

    /// <summary>/dev/console.</summary>
    public static DeviceNumber Console => new(5, 1);
}

/// <summary>/dev/null: empty, and swallows everything.</summary>
internal sealed class NullDevice : CharacterDevice
{
    public override string Name => "null";

    public override bool AcceptsSeek => true;

    public override IoResult Read(OpenFile file, Span<byte> data) => IoResult.Ok(0);

    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data) => IoResult.Ok(data.Length);
}

/// <summary>/dev/zero: zeros without end, and swallows everything.</summary>
internal class ZeroDevice : CharacterDevice
{
    public override string Name => "zero";

    public override bool AcceptsSeek => true;

    public override IoResult Read(OpenFile file, Span<byte> data)
    {
        data.Clear();
        return IoResult.Ok(data.Length);
    }

    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data) => IoResult.Ok(data.Length);
}

/// <summary>/dev/full: zeros without end, and never room to write.</summary>
internal sealed class FullDevice : ZeroDevice
{
    public override string Name => "full";

    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data) => data.IsEmpty ? IoResult.Ok(0) : Errno.ENOSPC;
}

/// <summary>/dev/random and /dev/urandom: random bytes. What is written is taken and not used, as on a Linux whose pool is full.</summary>
internal sealed class RandomDevice(string name, EntropySource entropy) : CharacterDevice
{
    public override string Name => name;

    public override bool AcceptsSeek => true;

    public override IoResult Read(OpenFile file, Span<byte> data)
    {
        entropy.Fill(data);
        return IoResult.Ok(data.Length);
    }

    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data) => IoResult.Ok(data.Length);
}
