namespace KernelSockets;

/// <summary>A device that moves bytes: terminal, null, random. Found by its number when a device node is opened.</summary>
/// <remarks>Called from tasks, several at a time; locks are taken inside. May block unless <see cref="OpenFile.IsNonBlocking"/>.</remarks>
public abstract class CharacterDevice
{
    /// <summary>Its name in /dev.</summary>
    public abstract string Name { get; }

    /// <summary>True when lseek is accepted (without effect); terminals say <see cref="Errno.ESPIPE"/>.</summary>
    public virtual bool AcceptsSeek => false;

    /// <summary>A file is being opened on it.</summary>
    /// <returns>An error ends the open.</returns>
    public virtual Errno Open(OpenFile file) => Errno.Success;

    /// <summary>The last descriptor of an open file is gone.</summary>
    public virtual void Release(OpenFile file)
    {
    }

    /// <summary>read. Default: <see cref="Errno.EINVAL"/>.</summary>
    /// <returns>Bytes read, 0 at the end of input.</returns>
    public virtual IoResult Read(OpenFile file, Span<byte> data) => Errno.EINVAL;

    /// <summary>write. Default: <see cref="Errno.EINVAL"/>.</summary>
    public virtual IoResult Write(OpenFile file, ReadOnlySpan<byte> data) => Errno.EINVAL;

    /// <summary>ioctl, as <see cref="FileSystemOps.Ioctl"/>. Default: <see cref="Errno.ENOTTY"/>.</summary>
    public virtual IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data) => Errno.ENOTTY;

    /// <summary>poll, as <see cref="FileSystemOps.Poll"/>. Default: always ready.</summary>
    public virtual PollEvents Poll(OpenFile file, PollListener? listener) => PollEvents.AlwaysReady;
}
