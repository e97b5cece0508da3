namespace KernelSockets.UserApps.Text.Checksums;

/// <summary>A checksum of bytes that come in pieces. There is no OpenSSL below the class library here, so its own hashes do not work.</summary>
internal abstract class Digest
{
    /// <summary>Adds bytes.</summary>
    public abstract void Add(ReadOnlySpan<byte> bytes);

    /// <summary>The checksum of all that was added. Nothing can be added afterwards.</summary>
    public abstract byte[] Finish();
}
