using KernelSockets.UserApps.Files;

namespace KernelSockets.UserApps.Text;

/// <summary>A write to a program's output has failed; HResult is the errno, as with other <see cref="IOException"/>s.</summary>
internal sealed class WriteFailedException(IOException cause) : IOException(cause.Message, cause.HResult)
{
    /// <summary>True where the program is to end without a word: nobody reads any more, or it was told to stop.</summary>
    public bool IsSilent => (Errno)HResult is Errno.EPIPE or Errno.EINTR or Errno.ECANCELED;

    /// <summary>The reason, as strerror words it.</summary>
    public string Reason => FileReport.Describe(this);
}
