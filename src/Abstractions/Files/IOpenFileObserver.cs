namespace KernelSockets;

/// <summary>Somebody who does not keep an open file open, but wants to know of its end: an entry of an epoll set.</summary>
public interface IOpenFileObserver
{
    /// <summary>The last reference is gone; the file's operations are told next. Takes leaf locks only.</summary>
    void OnClosed();
}
