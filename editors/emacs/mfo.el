;;; mfo.el --- MFO workflows: checks, completion, runs and graphs -*- lexical-binding: t; -*-

;; Package-Requires: ((emacs "28.1") (eglot "1.8"))
;; Keywords: languages, tools

;;; Commentary:

;; Tells Eglot which server speaks MFO, and adds commands to run flows and to see them:
;;
;;     (require 'mfo)
;;     (add-hook 'yaml-mode-hook #'eglot-ensure)      ; or yaml-ts-mode-hook
;;
;; The server looks at every YAML file and leaves alone what is no MFO document.

;;; Code:

(require 'cl-lib)
(require 'eglot)
(require 'json)

(defgroup mfo nil
  "MFO workflows."
  :group 'tools)

(defcustom mfo-server-command '("mfo-lsp")
  "The program that serves MFO documents, and its arguments."
  :type '(repeat string))

(defvar mfo--last-inputs (make-hash-table :test #'equal)
  "The inputs of the last run of each flow, by document and taskflow.")

(defvar-local mfo--texts nil
  "Where the text of each node that writes ends in the buffer of a run.")

(defvar mfo--runs (make-hash-table :test #'equal)
  "The buffers of the runs that are shown, by document and taskflow.")

(defun mfo--contact (_interactive)
  "What Eglot is to start, and what the server is to know of this client."
  (append mfo-server-command '(:initializationOptions (:methods ["mfo/askUser" "mfo/runText"]))))

(add-to-list 'eglot-server-programs '((yaml-mode yaml-ts-mode) . mfo--contact))

(defun mfo--server ()
  "The server of this buffer."
  (or (eglot-current-server)
      (user-error "No language server serves this buffer; start it with M-x eglot")))

(defun mfo--document ()
  "The identifier of this buffer's document."
  (eglot--TextDocumentIdentifier))

(defun mfo--uri ()
  "The address of this buffer's document."
  (plist-get (mfo--document) :uri))

(defun mfo--execute (command argument on-result)
  "Have the server carry out COMMAND with ARGUMENT; call ON-RESULT with its answer."
  (jsonrpc-async-request
   (mfo--server) :workspace/executeCommand
   (list :command command :arguments (vector argument))
   :timeout nil
   :success-fn on-result
   :error-fn (lambda (problem) (message "mfo: %s" (plist-get problem :message)))))

(defun mfo--show (name text &optional mode)
  "Show TEXT in the buffer NAME, in MODE."
  (let ((buffer (get-buffer-create name)))
    (with-current-buffer buffer
      (let ((inhibit-read-only t))
        (erase-buffer)
        (insert text)
        (goto-char (point-min)))
      (funcall (or mode #'special-mode))
      (setq buffer-read-only t))
    (display-buffer buffer)
    buffer))

(defun mfo--pretty (value)
  "VALUE as indented JSON."
  (with-temp-buffer
    (insert (json-serialize value :null-object nil :false-object :json-false))
    (json-pretty-print-buffer)
    (buffer-string)))

(defun mfo--key (uri taskflow)
  "The key of a run of TASKFLOW in URI."
  (concat uri "#" (or taskflow "")))

(defun mfo--read-value (name)
  "Ask for the input NAME; a value that is JSON counts as such."
  (let ((text (read-string (format "%s: " name))))
    (condition-case nil
        (json-parse-string text :object-type 'plist :null-object nil :false-object :json-false)
      (error text))))

(defun mfo--wanted (taskflow)
  "What TASKFLOW of this document wants to be given."
  (or (jsonrpc-request (mfo--server) :mfo/inputs
                       (append (list :textDocument (mfo--document))
                               (and taskflow (list :taskflow taskflow))))
      (user-error "This document has no taskflow")))

(defun mfo--inputs (wanted)
  "The inputs for a run: those of the last one, else those of inputs.yml.
What is WANTED and missing is asked for."
  (let* ((key (mfo--key (mfo--uri) (plist-get wanted :taskflow)))
         (inputs (copy-sequence (or (gethash key mfo--last-inputs) (plist-get wanted :file)))))
    (dolist (name (append (plist-get (plist-get wanted :schema) :required) nil))
      (let ((keyword (intern (concat ":" name))))
        (unless (plist-member inputs keyword)
          (setq inputs (plist-put inputs keyword (mfo--read-value name))))))
    (puthash key inputs mfo--last-inputs)
    (or inputs (make-hash-table))))

(defun mfo--argument (taskflow)
  "The argument of a command about TASKFLOW, inputs included."
  (let ((wanted (mfo--wanted taskflow)))
    (list :uri (mfo--uri) :taskflow (plist-get wanted :taskflow) :inputs (mfo--inputs wanted))))

(defun mfo--append (buffer text)
  "Write TEXT at the end of BUFFER."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (let ((inhibit-read-only t))
        (save-excursion
          (goto-char (point-max))
          (insert text "\n"))))))

(defun mfo--append-text (buffer node text)
  "Write TEXT in BUFFER behind what the model of NODE wrote before."
  (when (buffer-live-p buffer)
    (with-current-buffer buffer
      (let* ((inhibit-read-only t)
             (known (assoc node mfo--texts))
             (end (cdr known)))
        (save-excursion
          (goto-char (or end (point-max)))
          (unless end
            (insert (format "%-10s %s\n" "writes" node))
            (setq end (copy-marker (point)))
            (push (cons node end) mfo--texts)
            (save-excursion (insert "\n")))
          (insert text)
          (set-marker end (point)))))))

(defun mfo--show-result (buffer result)
  "Write in BUFFER how a run ended, by its RESULT."
  (mfo--append buffer (concat "\n" (plist-get result :state)))
  (when-let ((failure (plist-get result :failure)))
    (mfo--append buffer (plist-get failure :message)))
  (when-let ((outputs (plist-get result :outputs)))
    (mfo--append buffer (mfo--pretty outputs))))

(cl-defmethod eglot-handle-notification
  (_server (_method (eql mfo/runEvent)) &key uri taskflow event &allow-other-keys)
  "Show EVENT, a change of a node's state, in the buffer of the run.
It is one of TASKFLOW in the document URI."
  (let ((path (plist-get event :path))
        (buffer (gethash (mfo--key uri taskflow) mfo--runs)))
    (unless (string-empty-p path)
      (mfo--append buffer (format "%-10s %s" (plist-get event :state) path))
      (when (and (equal (plist-get event :state) "running") (buffer-live-p buffer))
        (with-current-buffer buffer
          (setq mfo--texts (assoc-delete-all path mfo--texts)))))))

(cl-defmethod eglot-handle-notification
  (_server (_method (eql mfo/runText)) &key uri taskflow node text &allow-other-keys)
  "Show TEXT, what a model wrote next for NODE, in the buffer of the run.
It is one of TASKFLOW in the document URI."
  (mfo--append-text (gethash (mfo--key uri taskflow) mfo--runs) node text))

(cl-defmethod eglot-handle-request
  (_server (_method (eql mfo/askUser)) &key task question choices default &allow-other-keys)
  "Put the QUESTION of TASK, with its CHOICES and DEFAULT, to the person here."
  (let ((prompt (format "%s: %s " task question))
        (words (lambda (value) (if (stringp value) value (json-serialize value)))))
    (condition-case nil
        (list :answer (if (> (length choices) 0)
                          (completing-read prompt (mapcar words choices) nil t)
                        (read-string prompt (and default (funcall words default)))))
      (quit nil))))

(defun mfo--run (command argument title)
  "Carry out COMMAND with ARGUMENT, and show how that goes under TITLE."
  (let ((buffer (mfo--show (format "*mfo run %s*" (plist-get argument :taskflow)) (concat title "\n\n"))))
    (puthash (mfo--key (plist-get argument :uri) (plist-get argument :taskflow)) buffer mfo--runs)
    (mfo--execute command argument (lambda (result) (mfo--show-result buffer result)))))

;;;###autoload
(defun mfo-run (&optional taskflow)
  "Run TASKFLOW of this document, or its only one, by the text in the buffer."
  (interactive)
  (let ((argument (mfo--argument taskflow)))
    (mfo--run "mfo.runFlow" argument (format "Run %s" (plist-get argument :taskflow)))))

;;;###autoload
(defun mfo-run-task (task)
  "Execute TASK alone, with what the last recorded run gave it."
  (interactive "sTask: ")
  (let ((wanted (mfo--wanted nil)))
    (mfo--run "mfo.runTask"
              (list :uri (mfo--uri) :taskflow (plist-get wanted :taskflow) :task task)
              (format "Run %s" task))))

;;;###autoload
(defun mfo-test ()
  "Run the tests of this file, or in another file those of the workspace."
  (interactive)
  (mfo--execute
   "mfo.runTests"
   (if (string-match-p "\\.test\\.ya?ml\\'" (or buffer-file-name "")) (list :uri (mfo--uri)) (make-hash-table))
   (lambda (result)
     (let ((line (lambda (one)
                   (format "%s:%d:%d: %s%s\n"
                           (eglot--uri-to-path (plist-get one :uri))
                           (1+ (plist-get (plist-get (plist-get one :range) :start) :line))
                           (1+ (plist-get (plist-get (plist-get one :range) :start) :character))
                           (if (plist-get one :name) (concat (plist-get one :name) ": ") "")
                           (plist-get one :message)))))
       (mfo--show "*mfo tests*"
                  (concat (mapconcat line (plist-get result :failures) "")
                          (mapconcat line (plist-get result :problems) "")
                          (format "%d passed, %d failed\n" (plist-get result :passed) (plist-get result :failed)))
                  #'compilation-mode)))))

;;;###autoload
(defun mfo-dry-run (&optional taskflow)
  "Show what a run of TASKFLOW would do; nothing is called."
  (interactive)
  (mfo--execute "mfo.dryRun" (mfo--argument taskflow)
                (lambda (result) (mfo--show "*mfo plan*" (mfo--pretty result)))))

;;;###autoload
(defun mfo-show-graph (&optional taskflow)
  "Show the graph of TASKFLOW in the browser."
  (interactive)
  (mfo--execute "mfo.showGraph"
                (append (list :uri (mfo--uri)) (and taskflow (list :taskflow taskflow)))
                (lambda (result)
                  (unless (eq (plist-get result :shown) t)
                    (browse-url (plist-get result :uri))))))

;;;###autoload
(defun mfo-rendered-prompt ()
  "Show the prompt at point as a model would get it."
  (interactive)
  (let ((prompt (jsonrpc-request (mfo--server) :mfo/renderedPrompt (eglot--TextDocumentPositionParams))))
    (if (null prompt)
        (message "mfo: there is no prompt at point")
      (mfo--show "*mfo prompt*"
                 (mapconcat (lambda (role)
                              (if-let ((text (plist-get prompt role)))
                                  (format "# %s\n\n%s\n\n" (substring (symbol-name role) 1) text)
                                ""))
                            '(:system :user) "")))))

;;;###autoload
(defun mfo-explain-rule (code)
  "Show the page of the rule CODE."
  (interactive "sRule: ")
  (mfo--execute "mfo.explainRule" (list :code code)
                (lambda (result) (mfo--show "*mfo rule*" (plist-get result :page)))))

;;;###autoload
(defun mfo-why ()
  "Say why this file is, or is not, treated as MFO."
  (interactive)
  (message "mfo: %s" (plist-get (jsonrpc-request (mfo--server) :mfo/why (list :textDocument (mfo--document)))
                                :reason)))

(provide 'mfo)
;;; mfo.el ends here
